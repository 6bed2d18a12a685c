#![allow(clippy::panic, reason = "a test may be blunt")]

use super::*;

/// Line, job, secret, variable, registry of each mention.
fn mentions(path: &str, text: &str) -> Vec<(usize, String, String)> {
    let pipeline = read(path, text).unwrap_or_else(|| panic!("{path} is a pipeline"));
    assert!(pipeline.structure.is_some(), "{path}");
    let told = |m: Mention| {
        let beside = m.beside.map(|issuer| format!(" → {issuer}")).unwrap_or_default();
        (m.line, m.job.unwrap_or_default(), format!("{}{beside}", m.name))
    };
    pipeline.mentions.into_iter().map(told).collect()
}

fn is(line: usize, job: &str, what: &str) -> (usize, String, String) {
    (line, job.to_owned(), what.to_owned())
}

#[test]
fn github_jobs_and_steps_are_told_from_the_lines() {
    let text = "on: push\nenv:\n  SHARED: ${{ secrets.SHARED_KEY }}\njobs:\n  build:\n    runs-on: x\n    steps:\n      \
                - run: make\n        env:\n          TOKEN: ${{ secrets.OTHER }}\n  release:\n    steps:\n      - run: |\n          \
                npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets['NPM_TOKEN'] }}\n      # ${{ secrets.NOT }}\n";
    let told = mentions(".github/workflows/a.yml", text);
    assert_eq!(
        told,
        [is(3, "", "SHARED_KEY"), is(10, "build", "OTHER"), is(16, "release", "NPM_TOKEN → npm")],
        "{told:?}"
    );
}

/// Line, job and name of each set, and to whom its job publishes.
fn sets(path: &str, text: &str) -> Vec<(usize, String, String)> {
    let pipeline = read(path, text).unwrap_or_else(|| panic!("{path} is a pipeline"));
    let sets = pipeline.mentions.into_iter().filter(|mention| mention.is_set);
    let told = |m: Mention| {
        let beside = m.beside.map(|issuer| format!(" → {issuer}")).unwrap_or_default();
        (m.line, m.job.unwrap_or_default(), format!("{}{beside}", m.name))
    };
    sets.map(told).collect()
}

#[test]
fn a_context_of_circleci_is_told_with_the_job_that_is_handed_it() {
    let text = "version: 2.1\njobs:\n  test:\n    steps:\n      - run: npm test\n  ship:\n    steps:\n      - run: npm publish\n\
                workflows:\n  release:\n    jobs:\n      - test\n      - ship:\n          context: npm-release\n      - test:\n          \
                context:\n            - shared\n            - build-cache\n      - orb/publish: {context: pypi-release}\n";
    assert_eq!(
        sets(".circleci/config.yml", text),
        [
            is(14, "ship", "npm-release → npm"),
            is(17, "test", "shared"),
            is(18, "test", "build-cache"),
            is(19, "orb/publish", "pypi-release"),
        ]
    );
}

#[test]
fn a_variable_group_of_azure_is_told_with_its_job() {
    let text = "variables:\n- group: everywhere\n- name: a\n  value: b\njobs:\n- job: Push\n  variables:\n  - group: nuget-release\n  \
                steps:\n  - script: dotnet nuget push *.nupkg\n- job: Test\n  variables:\n  - group: test\n  steps:\n  - script: make\n";
    assert_eq!(
        sets("azure-pipelines.yml", text),
        [is(2, "", "everywhere → nuget"), is(8, "Push", "nuget-release → nuget"), is(13, "Test", "test")]
    );
    assert!(sets("azure-pipelines.yml", "variables:\n  group: none\n").is_empty(), "a variable of that name");
}

#[test]
fn every_system_names_its_job() {
    for (path, text, expected) in [
        (
            ".gitlab-ci.yml",
            "stages: [a]\npublish:\n  script:\n    - twine upload -p $PYPI_TOKEN dist/*\n",
            vec![is(4, "publish", "PYPI_TOKEN → pypi")],
        ),
        (
            "azure-pipelines.yml",
            "jobs:\n- job: Push\n  steps:\n  - script: dotnet nuget push *.nupkg -k $(NuGetApiKey)\n",
            vec![is(4, "Push", "NuGetApiKey → nuget")],
        ),
        (
            ".circleci/config.yml",
            "version: 2.1\njobs:\n  deploy:\n    steps:\n      - run: cargo publish --token $CRATES_TOKEN\n",
            vec![is(5, "deploy", "CRATES_TOKEN → crates-io")],
        ),
        (
            "Jenkinsfile",
            "pipeline {\n  stages {\n    stage('Release') {\n      steps {\n        withCredentials([string(credentialsId: 'nuget', variable: 'K')]) {\n          sh 'dotnet nuget push a -k $K'\n        }\n      }\n    }\n  }\n}\n",
            vec![is(5, "Release", "nuget → nuget"), is(6, "Release", "K → nuget")],
        ),
        (
            ".travis.yml",
            "jobs:\n  include:\n    - stage: ship\n      script: gem push a.gem --key $GEM_KEY\n",
            vec![is(4, "ship", "GEM_KEY → rubygems")],
        ),
        (
            ".buildkite/pipeline.yml",
            "steps:\n  - label: Ship it\n    command: npm publish\n    secrets:\n      - NPM_TOKEN\n",
            vec![is(5, "Ship it", "NPM_TOKEN")],
        ),
        (
            "bitbucket-pipelines.yml",
            "pipelines:\n  default:\n    - step:\n        name: Ship\n        script:\n          - npm publish --token=$NPM_KEY\n",
            vec![is(6, "Ship", "NPM_KEY → npm")],
        ),
        (
            "docker/Dockerfile",
            "FROM node AS build\nRUN --mount=type=secret,id=npm_token npm ci\nARG FEED_TOKEN\n",
            vec![is(2, "stage build", "npm_token"), is(3, "stage build", "FEED_TOKEN")],
        ),
        (
            "tools/push.ps1",
            "dotnet nuget push *.nupkg `\n  -k $env:NUGET_KEY\n",
            vec![is(2, "", "NUGET_KEY → nuget"), is(2, "", "env → nuget")],
        ),
        (".npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n", vec![is(1, "", "NPM_TOKEN")]),
        (
            ".drone.yml",
            "kind: pipeline\nname: build\nsteps:\n- name: test\n  image: node\n---\nkind: pipeline\nname: ship\nsteps:\n- name: publish\n  image: plugins/npm\n  settings:\n    token:\n      from_secret: npm_token\n",
            vec![is(14, "publish", "npm_token → npm")],
        ),
        (
            ".woodpecker/release.yaml",
            "steps:\n  publish:\n    image: rust\n    environment:\n      CARGO_REGISTRY_TOKEN:\n        from_secret: crates_token\n    commands:\n      - cargo publish\n",
            vec![is(6, "publish", "crates_token")],
        ),
        (
            "appveyor.yml",
            "environment:\n  NUGET_KEY:\n    secure: c29tZXRoaW5n\ndeploy:\n- provider: NuGet\n  api_key:\n    secure: c29tZXRoaW5n\nafter_deploy_script:\n- cmd: nuget push a.nupkg %NUGET_KEY%\n",
            vec![
                is(2, "", "NUGET_KEY"),
                is(6, "deploy", "api_key → nuget"),
                is(9, "after_deploy_script", "NUGET_KEY → nuget"),
            ],
        ),
        (
            ".teamcity/settings.kts",
            "object Release : BuildType({\n    params {\n        password(\"env.NUGET_KEY\", \"credentialsJSON:0\")\n    }\n    steps {\n        nugetPublish {\n            apiKey = \"%env.NUGET_KEY%\"\n        }\n    }\n})\n",
            vec![is(3, "Release", "NUGET_KEY"), is(7, "Release", "NUGET_KEY → nuget")],
        ),
        (
            "web/package.json",
            "{\n  \"$schema\": \"https://json.schemastore.org/package\",\n  \"scripts\": {\n    \"build\": \"tsc\",\n    \"ship\": \"npm publish --//registry.npmjs.org/:_authToken=$NPM_TOKEN\"\n  }\n}\n",
            vec![is(5, "script ship", "NPM_TOKEN → npm")],
        ),
        ("justfile", "ship:\n    cargo publish --token $CRATES_TOKEN\n", vec![is(2, "", "CRATES_TOKEN → crates-io")]),
    ] {
        assert_eq!(mentions(path, text), expected, "{path}");
    }
    assert!(read("src/main.rs", "").is_none());
}

#[test]
fn a_secret_that_the_matrix_names_is_every_one_of_its_names() {
    let text = "jobs:\n  ship:\n    strategy:\n      matrix:\n        secret: [NPM_TOKEN, NEXT_TOKEN]\n        include:\n          - secret: OLD_TOKEN\n            dir: old\n    steps:\n      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets[matrix.secret] }}\n  other:\n    steps:\n      - run: echo ${{ secrets[matrix.secret] }}\n";
    let told = mentions(".github/workflows/a.yml", text);
    let named = ["NEXT_TOKEN → npm", "NPM_TOKEN → npm", "OLD_TOKEN → npm"].map(|name| is(12, "ship", name));
    assert_eq!(told, named, "the matrix of another job tells nothing");
}

#[test]
fn an_address_of_another_server_tells_that_it_is_not_the_public_registry() {
    for (step, issuer) in [
        ("dotnet nuget push a --source https://api.nuget.org/v3/index.json", Some("nuget")),
        ("dotnet nuget push a --source https://nuget.pkg.github.com/contoso/index.json", None),
        ("twine upload --repository-url https://test.pypi.org/legacy/ dist/*", Some("testpypi")),
        ("docker login ghcr.io -u x", None),
        ("docker login -u x", Some("docker-hub")),
        ("npm publish && cargo publish", None),
        ("make", None),
    ] {
        assert_eq!(command::publishes_to(step).as_ref().map(Issuer::as_str), issuer, "{step}");
    }
}

#[test]
fn a_variable_is_followed_to_the_secret_that_fills_it() {
    let lines = [
        "  KEY: ${{ secrets.NUGET_KEY }}",
        "export TOKEN=\"$OTHER\"",
        "NUGET = credentials('nuget-key')",
        "URL: https://x/$PART",
        "$env:A = $env:B",
    ];
    let aliases: Vec<_> = [System::GithubActions, System::Script, System::Jenkins, System::GitlabCi, System::Script]
        .into_iter()
        .zip(lines)
        .flat_map(|(system, line)| alias::all(system, &[line]))
        .collect();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(aliases[..3], [pair("KEY", "NUGET_KEY"), pair("TOKEN", "OTHER"), pair("NUGET", "nuget-key")]);
    let ring = [("A", "B"), ("B", "A")].map(|(a, b)| pair(a, b)).into_iter().collect();
    assert_eq!(alias::source(&ring, "A"), "B");
}

#[test]
fn nothing_that_is_no_pipeline_harms() {
    for text in ["", "{", "a: [", "\u{0}", "- - - -\n", "? [a]\n: b\n", "&a a: *a\n", &"[".repeat(10_000)] {
        for path in [".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile", "Dockerfile", "a.sh"] {
            let _ = read(path, text);
        }
    }
}

/// Whatever a hostile file holds, the work stays in proportion to its length.
#[test]
fn a_file_full_of_names_and_braces_is_read_once() {
    let steps = "  - run: npm publish $NPM_TOKEN\n".repeat(4_000);
    let workflow = format!("jobs:\n  a:\n    steps:\n{}", steps.replace("  - ", "      - "));
    assert_eq!(read(".github/workflows/a.yml", &workflow).map(|one| one.mentions.len()), Some(4_000));
    let block = format!("jobs:\n  a:\n    steps:\n      - run: |\n{}", "          npm publish $A_KEY\n".repeat(4_000));
    assert_eq!(read(".github/workflows/a.yml", &block).map(|one| one.mentions.len()), Some(4_000));
    let deep = "stage('x') {\n".repeat(10_000) + "sh \"$A_KEY\"\n" + &"}\n".repeat(10_000);
    assert_eq!(read("Jenkinsfile", &deep).map(|one| one.mentions.len()), Some(1));
}
