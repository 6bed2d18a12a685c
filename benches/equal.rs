//! Whether both kernels find the same in real trees: the same set of rule, path and span, at any confidence.
//!
//!   cargo bench --bench equal -- FOLDER...
//!
//! Each file is looked through whole by the fastest kernel of this processor and by the one that every processor has. Fails
//! on any difference, and names it. `benches/equal.sh` holds whole runs of two builds against each other.
#![allow(clippy::unwrap_used, reason = "a benchmark may be blunt")]
#![allow(clippy::print_stdout, reason = "it tells its result")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use skelkey::detect::{Detector, Scratch};
use skelkey::rules::load;

fn main() -> ExitCode {
    let folders: Vec<PathBuf> =
        std::env::args_os().skip(1).filter(|word| word != "--bench").map(PathBuf::from).collect();
    let rules = Arc::new(load(&[]).unwrap());
    let kernels = [Detector::new(Arc::clone(&rules)).unwrap(), Detector::portable(rules).unwrap()];
    let mut is_same = true;
    for folder in &folders {
        let mut compared = Compared::default();
        compared.folder(folder, folder, &kernels);
        let Compared { files, bytes, keys, differing, .. } = compared;
        println!("{}: {files} files, {bytes} bytes, {keys} matches, {differing} files that differ", folder.display());
        is_same = is_same && differing == 0 && files > 0;
    }
    if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Compared {
    files: usize,
    bytes: usize,
    keys: usize,
    differing: usize,
    scratches: [Scratch; 2],
}

impl Compared {
    fn folder(&mut self, top: &Path, folder: &Path, kernels: &[Detector; 2]) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                self.folder(top, &path, kernels);
            } else if kind.is_file() {
                self.file(&path.strip_prefix(top).unwrap().to_string_lossy(), &std::fs::read(&path).unwrap(), kernels);
            }
        }
    }

    fn file(&mut self, path: &str, text: &[u8], kernels: &[Detector; 2]) {
        let mut found = [Vec::new(), Vec::new()];
        for ((kernel, scratch), found) in kernels.iter().zip(&mut self.scratches).zip(&mut found) {
            let all = kernel.scan(text, path, scratch);
            let id = |rule: usize| kernel.rules().rules[rule].id.clone();
            found.extend(all.iter().map(|one| (id(one.rule), one.span.start, one.span.end, one.confidence)));
        }
        let [fast, portable] = found;
        self.files += 1;
        self.bytes += text.len();
        self.keys += fast.len();
        if fast != portable {
            self.differing += 1;
            println!("{path}: fast alone {:?}, portable alone {:?}", only(&fast, &portable), only(&portable, &fast));
        }
    }
}

/// What stands in the first list and not in the second.
fn only<'t, T: PartialEq>(these: &'t [T], other: &[T]) -> Vec<&'t T> {
    these.iter().filter(|one| !other.contains(one)).collect()
}
