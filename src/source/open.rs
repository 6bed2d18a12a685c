//! Opening what is to be read, without waiting for ever on a named pipe that nobody writes to.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

/// Something opened for reading.
pub(super) struct Opened {
    file: File,
    /// Length of a regular file.
    length: Option<u64>,
    /// Bytes read.
    read: u64,
    /// Whether a regular file gave all that it said it has, and then less than it was asked for: it need not be asked
    /// once more.
    ended: bool,
    /// For a pipe: how long a writer may still take to come.
    patience: Duration,
    seen_a_writer: bool,
}

/// How long a named pipe may be without any writer: `command > pipe &` needs a moment to open its end.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a pipe is asked again.
const PAUSE: Duration = Duration::from_millis(2);

/// Opens a file. One that the user `named` may be a pipe or a device, as in `<(command)`; a file that was found in
/// a folder must be a regular file, and still be one after it is open.
pub(super) fn open(path: &Path, named: bool) -> io::Result<Opened> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    if !named && !kind.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a regular file any more"));
    }
    let patience = if is_pipe(kind) { PATIENCE } else { Duration::ZERO };
    let length = kind.is_file().then_some(metadata.len());
    Ok(Opened { file, length, read: 0, ended: false, patience, seen_a_writer: !is_pipe(kind) })
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

impl Opened {
    /// Length of a regular file, as it was when it was opened.
    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.seen_a_writer = true,
                Ok(0) if !self.seen_a_writer && !buffer.is_empty() => {
                    self.patience = self.patience.saturating_sub(PAUSE);
                    if self.patience.is_zero() {
                        return Err(io::Error::new(io::ErrorKind::BrokenPipe, "a named pipe that nobody writes to"));
                    }
                }
                Ok(read) => {
                    self.seen_a_writer = true;
                    self.read += read as u64;
                    // Files that the system makes up as they are read say that they are empty.
                    let said = self.length.filter(|length| *length > 0);
                    self.ended = read < buffer.len() && said.is_some_and(|said| self.read >= said);
                    return Ok(read);
                }
                Err(error) => return Err(error),
            }
            std::thread::sleep(PAUSE);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_says_it_is_empty_is_read_to_its_end() {
        let mut text = String::new();
        open(Path::new("/proc/self/status"), false).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.starts_with("Name:"), "{text}");
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "first\n").unwrap();
        let (mut file, mut text) = (open(&path, false).unwrap(), [0; 12]);
        assert_eq!(file.read(&mut text[..6]).unwrap(), 6);
        std::fs::write(&path, "first\nlater\n").unwrap();
        assert_eq!(file.read(&mut text[6..]).unwrap(), 6);
        assert_eq!((&text[..], file.read(&mut [0; 4]).unwrap()), (&b"first\nlater\n"[..], 0));
    }

    #[test]
    fn a_pipe_in_a_files_place_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("p");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open(&pipe, false).is_err_and(|error| error.to_string().contains("not a regular file")));
        assert!(open(&pipe, true).unwrap().read(&mut [0; 8]).is_err());
    }
}
