//! For each table: a key made on the spot, the answers that its issuer documents (invented names), and what they tell.
#![expect(clippy::too_many_lines, reason = "tables")]

use skelkey::key::{Inactive, State};

/// One way of asking.
pub(crate) struct Case {
    pub(crate) issuer: &'static str,
    /// The path of its request, as the table writes it.
    pub(crate) path: &'static str,
    pub(crate) key: String,
    /// What stands beside the key.
    pub(crate) owner: Option<&'static str>,
    pub(crate) id: Option<&'static str>,
    pub(crate) host: Option<&'static str>,
    /// Asked at a server of the user's own.
    pub(crate) own: bool,
    /// With an answer that says that the key works.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// What the second page answers to the first of the rows, if there is one.
    pub(crate) then: Option<&'static str>,
    /// Status, body, and what that says; the first is the full success.
    pub(crate) rows: Vec<(u16, &'static str, State)>,
    /// What the first tells.
    pub(crate) told: &'static str,
}

const ACTIVE: State = State::Active;
const UNKNOWN: State = State::Unknown;
const EXPIRED: State = State::Inactive(Inactive::Expired);
const REVOKED: State = State::Inactive(Inactive::Revoked);
const REJECTED: State = State::Inactive(Inactive::Rejected);
const SSO: (u16, &str, State) = (
    403,
    r#"{"message":"Resource protected by organization SAML enforcement, or your IP address is not allowed"}"#,
    UNKNOWN,
);
const NO: (u16, &str, State) = (401, r#"{"message":"Unauthorized"}"#, REJECTED);

fn case(
    issuer: &'static str,
    path: &'static str,
    key: (&str, usize),
    rows: Vec<(u16, &'static str, State)>,
    told: &'static str,
) -> Case {
    let key = format!("{}{}", key.0, "a1B2c3D4".chars().cycle().take(key.1).collect::<String>());
    Case { issuer, path, key, owner: None, id: None, host: None, own: false, headers: &[], then: None, rows, told }
}

fn lower(mut case: Case) -> Case {
    case.key.make_ascii_lowercase();
    case
}

fn then(body: &'static str, case: Case) -> Case {
    Case { then: Some(body), ..case }
}

fn own(case: Case) -> Case {
    Case { own: true, ..case }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut all = building();
    all.extend(cloud());
    all.extend(messages());
    all.extend(models());
    all.extend(money());
    all.extend(watching());
    all.extend(work());
    all
}

fn building() -> Vec<Case> {
    vec![
        case(
            "github",
            "/installation/repositories?per_page=1",
            ("ghs_", 36),
            vec![(200, r#"{"total_count":3,"repository_selection":"selected","repositories":[]}"#, ACTIVE), NO, SSO],
            "repositories=3; repository-selection=selected",
        ),
        case(
            "buildkite",
            "/v2/access-token",
            ("bkua_", 40),
            vec![
                (
                    200,
                    r#"{"uuid":"b63254c0","scopes":["read_user","write_builds"],"description":"deploys",
                        "created_at":"2026-11-01T00:00:00.000Z","expires_at":"2026-12-01T00:00:00.000Z",
                        "user":{"name":"Ann","email":"ann@acme.example"}}"#,
                    ACTIVE,
                ),
                (200, r#"{"uuid":"b63254c0"}"#, UNKNOWN),
                NO,
                SSO,
            ],
            "name deploys; id b63254c0; owner ann@acme.example; created 2026-11-01T00:00:00Z; ends 2026-12-01T00:00:00Z; \
             may read_user:Read+write_builds:Manage on everything",
        ),
        case(
            "circleci",
            "/api/v2/me",
            ("CCIPAT_", 63),
            vec![(200, r#"{"id":"9d3","login":"ann","name":"Ann"}"#, ACTIVE), NO, SSO],
            "owner ann; user-name=Ann",
        ),
        case(
            "azure-devops",
            "/_apis/profile/profiles/me?api-version=7.1",
            ("", 84),
            vec![
                (200, r#"{"displayName":"Ann","emailAddress":"ann@acme.example","id":"d6245f20"}"#, ACTIVE),
                (401, "", UNKNOWN),
                (203, "<html>Sign in</html>", UNKNOWN),
                SSO,
            ],
            "owner ann@acme.example; user-id=d6245f20; user-name=Ann",
        ),
        then(
            r#"{"data":[{"id":"at-1","attributes":{"description":"ci","created-at":"2026-01-01T00:00:00.000Z",
                "last-used-at":null,"expired-at":"2027-01-01T00:00:00.000Z","token":null}}]}"#,
            case(
                "terraform",
                "/api/v2/account/details",
                ("abcdefghijklmn.atlasv1.", 60),
                vec![
                    (
                        200,
                        r#"{"data":{"id":"user-V3","type":"users","attributes":{"username":"ann","is-service-account":false}}}"#,
                        ACTIVE,
                    ),
                    (401, r#"{"errors":[{"status":"401","title":"unauthorized"}]}"#, UNKNOWN),
                    (404, r#"{"errors":[{"status":"404","title":"not found"}]}"#, UNKNOWN),
                    SSO,
                ],
                "name ci; id at-1; owner ann; created 2026-01-01T00:00:00Z; ends 2027-01-01T00:00:00Z; service-account=false; \
             user-id=user-V3",
            ),
        ),
        case(
            "postman",
            "/me",
            ("PMAK-", 59),
            vec![
                (200, r#"{"user":{"id":1,"username":"ann","teamName":"acme","roles":["admin","user"]}}"#, ACTIVE),
                NO,
                SSO,
            ],
            "owner ann; roles=admin, user; team=acme",
        ),
        then(
            r#"{"_id":"tok","role":"writer","customRoleIds":["deployers"],"inlineRole":[{"effect":"allow","actions":["*"],"resources":["proj/*"]}],
                "creationDate":1785000000000,"lastUsed":1795000000000}"#,
            case(
                "launchdarkly",
                "/api/v2/caller-identity",
                ("api-", 36),
                vec![
                    (200, r#"{"accountId":"acc","tokenId":"tok","tokenName":"ci","serviceToken":true}"#, ACTIVE),
                    NO,
                    SSO,
                ],
                "name ci; id tok; owner acc; created 2026-07-25T17:20:00Z; used 2026-11-18T11:06:40Z; may writer:Manage on everything; \
             custom-roles=deployers; inline-actions=*; inline-resources=proj/*; service-token=true",
            ),
        ),
        case(
            "jsr",
            "/api/user/tokens",
            ("jsrp_", 35),
            vec![
                (200, r#"[{"id":"11111111-2222-3333-4444-555555555555","type":"personal"}]"#, ACTIVE),
                (403, r#"{"code":"missingPermission","message":"no"}"#, ACTIVE),
                (401, r#"{"code":"invalidBearerToken","message":"no"}"#, REJECTED),
                (401, r#"{"code":"somethingElse"}"#, UNKNOWN),
            ],
            "",
        ),
        case(
            "anaconda",
            "/authentication",
            ("", 36),
            vec![
                (
                    200,
                    r#"{"application":{"name":"ci"},"scopes":["api:read","conda:upload"],"expires":"2027-01-01T00:00:00Z"}"#,
                    ACTIVE,
                ),
                NO,
                SSO,
            ],
            "name ci; ends 2027-01-01T00:00:00Z; may api:read:Read+conda:upload:PublishNew on everything",
        ),
        lower(case(
            "cloudsmith",
            "/v1/user/self/",
            ("", 40),
            vec![
                (200, r#"{"authenticated":true,"slug":"ann","name":"Ann"}"#, ACTIVE),
                (200, r#"{"authenticated":false,"slug":null}"#, REJECTED),
                NO,
                SSO,
            ],
            "owner ann; user-name=Ann",
        )),
    ]
}

fn cloud() -> Vec<Case> {
    let list = r#"{"token_infos":[{"token_id":"abc","creation_time":1785000000000,"expiry_time":-1,"comment":"ci"}]}"#;
    let vault = r#"{"data":{"display_name":"token","entity_id":"e-1","type":"service","policies":["default","deploy"],
        "creation_time":1785000000,"expire_time":null,"num_uses":0,"orphan":true,"renewable":true,"path":"auth/token/create"}}"#;
    vec![
        then(
            r#"{"result":{"id":"ed17","name":"deploy","issued_on":"2026-01-01T00:00:00Z","modified_on":"2026-02-01T00:00:00Z",
                "policies":[{"effect":"allow","permission_groups":[{"name":"Zone Read"},{"name":"DNS Write"}]}]},"success":true}"#,
            case(
                "cloudflare",
                "/client/v4/user/tokens/verify",
                ("cfut_", 48),
                vec![
                    (
                        200,
                        r#"{"result":{"id":"ed17","status":"active","expires_on":"2026-12-31T00:00:00Z","not_before":"2026-01-01T00:00:00Z"},"success":true}"#,
                        ACTIVE,
                    ),
                    (200, r#"{"result":{"id":"ed17","status":"expired"},"success":true}"#, EXPIRED),
                    (200, r#"{"result":{"id":"ed17","status":"disabled"},"success":true}"#, REVOKED),
                    (200, r#"{"result":{"id":"ed17","status":"brand new"},"success":true}"#, UNKNOWN),
                    (401, r#"{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}]}"#, UNKNOWN),
                    (400, r#"{"success":false,"errors":[{"code":6003}]}"#, UNKNOWN),
                    SSO,
                ],
                "name deploy; id ed17; created 2026-01-01T00:00:00Z; ends 2026-12-31T00:00:00Z; \
             may DNS Write:Manage+Zone Read:Read on everything; only not-before=2026-01-01T00:00:00Z; modified=2026-02-01T00:00:00Z",
            ),
        ),
        case(
            "gcp",
            "/v1beta/models?pageSize=1",
            ("AIza", 35),
            vec![
                (200, r#"{"models":[{"name":"models/gemini"}]}"#, ACTIVE),
                (403, r#"{"error":{"details":[{"reason":"API_KEY_HTTP_REFERRER_BLOCKED"}]}}"#, ACTIVE),
                (403, r#"{"error":{"details":[{"reason":"API_KEY_IP_ADDRESS_BLOCKED"}]}}"#, ACTIVE),
                (403, r#"{"error":{"details":[{"reason":"API_KEY_ANDROID_APP_BLOCKED"}]}}"#, ACTIVE),
                (403, r#"{"error":{"details":[{"reason":"API_KEY_IOS_APP_BLOCKED"}]}}"#, ACTIVE),
                (403, r#"{"error":{"details":[{"reason":"API_KEY_SERVICE_BLOCKED"}]}}"#, ACTIVE),
                (403, r#"{"error":{"details":[{"reason":"SERVICE_DISABLED"}]}}"#, ACTIVE),
                (400, r#"{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}"#, REJECTED),
                (
                    400,
                    r#"{"error":{"status":"FAILED_PRECONDITION","message":"User location is not supported"}}"#,
                    UNKNOWN,
                ),
                SSO,
            ],
            "",
        ),
        case(
            "digitalocean",
            "/v2/account",
            ("dop_v1_", 64),
            vec![
                (
                    200,
                    r#"{"account":{"uuid":"b6f","email":"ann@acme.example","status":"active","team":{"name":"acme"}}}"#,
                    ACTIVE,
                ),
                (401, r#"{"id":"unauthorized","message":"Unable to authenticate you"}"#, REJECTED),
                SSO,
            ],
            "owner ann@acme.example; account-status=active; team=acme",
        ),
        case(
            "vercel",
            "/v5/user/tokens/current",
            ("vcp_", 56),
            vec![
                (
                    200,
                    r#"{"token":{"id":"5d9f","name":"ci","type":"token","origin":"github","scopes":[{"type":"user"}],
                        "createdAt":1785000000000,"activeAt":1795000000000,"expiresAt":1800000000000}}"#,
                    ACTIVE,
                ),
                (200, r#"{"token":{"id":"5d9f"}}"#, ACTIVE),
                NO,
                (403, r#"{"error":{"code":"forbidden","message":"Not authorized","invalidToken":true}}"#, REJECTED),
                (403, r#"{"error":{"code":"forbidden","message":"Not authorized"}}"#, UNKNOWN),
            ],
            "kind token; name ci; id 5d9f; created 2026-07-25T17:20:00Z; used 2026-11-18T11:06:40Z; \
             ends 2027-01-15T08:00:00Z; origin=github; scope-types=user",
        ),
        case(
            "netlify",
            "/api/v1/user",
            ("nfp_", 36),
            vec![(200, r#"{"id":"5f0","email":"ann@acme.example","full_name":"Ann"}"#, ACTIVE), NO, SSO],
            "owner ann@acme.example; user-name=Ann",
        ),
        case(
            "gcp",
            "/oauth2/v3/tokeninfo?access_token={key}",
            ("ya29.", 60),
            vec![
                (
                    200,
                    r#"{"aud":"1.apps.example","scope":"https://www.googleapis.com/auth/cloud-platform openid","exp":"1796000000","email":"sa@p.example"}"#,
                    ACTIVE,
                ),
                (400, r#"{"error":"invalid_token","error_description":"x"}"#, REJECTED),
                (400, r#"{"error_description":"Invalid Value"}"#, REJECTED),
                (400, r#"{"error":"else"}"#, UNKNOWN),
            ],
            "owner sa@p.example; ends 2026-11-30T00:53:20Z; \
             may https://www.googleapis.com/auth/cloud-platform:Everything+openid:Read on everything; client-id=1.apps.example",
        ),
        then(
            r#"{"id":"1","userName":"ann@acme.example"}"#,
            own(case(
                "databricks",
                "/api/2.0/token/list",
                ("dapi", 32),
                vec![
                    (200, list, ACTIVE),
                    (200, r#"{"token_infos":[]}"#, UNKNOWN),
                    NO,
                    (403, "Invalid access token.", REJECTED),
                    SSO,
                ],
                "name ci; id abc; owner ann@acme.example; created 2026-07-25T17:20:00Z; never ends",
            )),
        ),
        own(case(
            "vault",
            "/v1/auth/token/lookup-self",
            ("hvs.", 90),
            vec![
                (200, vault, ACTIVE),
                (403, r#"{"errors":["2 errors occurred: permission denied, invalid token"]}"#, REJECTED),
                (403, r#"{"errors":["bad token"]}"#, REJECTED),
                (403, r#"{"errors":["permission denied"]}"#, UNKNOWN),
            ],
            "kind service; name token; owner e-1; created 2026-07-25T17:20:00Z; never ends; \
             may default:Read+deploy:Manage on everything; made-by=auth/token/create; orphan=true; renewable=true; uses-left=0",
        )),
        lower(case(
            "supabase",
            "/v1/projects",
            ("sbp_", 40),
            vec![(200, r#"[{"id":"a","name":"shop"},{"id":"b","name":"blog"}]"#, ACTIVE), NO, SSO],
            "projects=shop, blog",
        )),
        case(
            "elastic",
            "/api/v1/account",
            ("essu_", 92),
            vec![(200, r#"{"id":"org-1"}"#, ACTIVE), (401, r#"{"errors":[]}"#, UNKNOWN), SSO],
            "owner org-1",
        ),
        own(case(
            "elastic",
            "/_security/_authenticate",
            ("", 60),
            vec![
                (
                    200,
                    r#"{"username":"ann","roles":["editor"],"authentication_type":"api_key","api_key":{"id":"VuaC","name":"ci"}}"#,
                    ACTIVE,
                ),
                (401, r#"{"error":{"type":"security_exception"},"status":401}"#, REJECTED),
                SSO,
            ],
            "name ci; id VuaC; owner ann; authentication-type=api_key; roles=editor",
        )),
        case(
            "fastly",
            "/tokens/self",
            ("", 32),
            vec![
                (
                    200,
                    r#"{"id":"5Yo3","name":"purge","user_id":"u1","scope":"purge_select global:read","services":["svc1"],
                        "created_at":"2026-01-01T00:00:00Z","last_used_at":null,"expires_at":null}"#,
                    ACTIVE,
                ),
                NO,
                SSO,
            ],
            "name purge; id 5Yo3; owner u1; created 2026-01-01T00:00:00Z; never ends; \
             may purge_select:Withdraw+global:read:Read on svc1",
        ),
        case(
            "doppler",
            "/v3/me",
            ("dp.st.prd.", 40),
            vec![
                (
                    200,
                    r#"{"slug":"s-1","name":"ci","type":"service_token","token_preview":"dp.st…","created_at":"2026-01-01T00:00:00.000Z",
                        "last_seen_at":"2026-11-01T00:00:00.000Z","workplace":{"name":"acme","slug":"w"}}"#,
                    ACTIVE,
                ),
                NO,
                SSO,
            ],
            "kind service_token; name ci; id s-1; owner acme; created 2026-01-01T00:00:00Z; used 2026-11-01T00:00:00Z",
        ),
        Case {
            owner: Some("ABCDEFGHIJ"),
            ..own(lower(case(
                "algolia",
                "/1/keys/{key}",
                ("", 32),
                vec![
                    (
                        200,
                        r#"{"description":"site","acl":["search","addObject"],"indexes":[],"createdAt":1785000000,"validity":0,
                            "maxQueriesPerIPPerHour":100}"#,
                        ACTIVE,
                    ),
                    (403, r#"{"message":"Invalid Application-ID or API key","status":403}"#, REJECTED),
                    (404, r#"{"message":"Key does not exist","status":404}"#, REJECTED),
                    SSO,
                ],
                "name site; created 2026-07-25T17:20:00Z; never ends; may search:Read+addObject:PublishNew on everything; \
                 only queries-per-hour=100",
            )))
        },
        then(
            r#"[{"id":"other","scopes":["all"]},
                {"id":"cjx1","note":"maps","usage":"sk","created":"2026-01-01T00:00:00Z","scopes":["styles:read","tokens:read"],
                 "allowedUrls":["https://acme.example"]}]"#,
            case(
                "mapbox",
                "/tokens/v2?access_token={key}",
                ("sk.eyJ", 60),
                vec![
                    (
                        200,
                        r#"{"code":"TokenValid","token":{"usage":"sk","user":"ann","authorization":"cjx1"}}"#,
                        ACTIVE,
                    ),
                    (200, r#"{"code":"TokenExpired"}"#, EXPIRED),
                    (200, r#"{"code":"TokenRevoked"}"#, REVOKED),
                    (200, r#"{"code":"TokenInvalid"}"#, REJECTED),
                    (200, r#"{"code":"TokenMalformed"}"#, UNKNOWN),
                ],
                "kind sk; name maps; id cjx1; owner ann; created 2026-01-01T00:00:00Z; \
             may styles:read:Read+tokens:read:Read on everything; only urls=https://acme.example",
            ),
        ),
        Case {
            id: Some("a1b2c3d4e5f6"),
            ..then(
                r#"{"id":"a1b2c3d4e5f6","type":"ServiceToken","name":"deploys","created_at":"2026-01-14T10:19:23.000Z",
                    "last_used_at":"2026-11-15T12:30:00.000Z","expires_at":"2026-12-14T10:19:23.000Z","service_token_accesses":[
                    {"id":"x1","access":"read_branch","resource_name":"shop","resource_type":"Database"},
                    {"id":"x2","access":"create_deploy_request","resource_name":"shop","resource_type":"Database"},
                    {"id":"x3","access":"read_service_tokens","resource_name":"acme","resource_type":"Organization"}]}"#,
                case(
                    "planetscale",
                    "/v1/organizations",
                    ("pscale_tkn_", 43),
                    vec![
                        (
                            200,
                            r#"{"type":"list","current_page":1,"data":[{"id":"o1","type":"Organization","name":"acme"}]}"#,
                            ACTIVE,
                        ),
                        (200, r#"{"type":"list"}"#, UNKNOWN),
                        (401, r#"{"code":"unauthorized","message":"Unauthorized"}"#, UNKNOWN),
                        SSO,
                    ],
                    "name deploys; owner acme; created 2026-01-14T10:19:23Z; used 2026-11-15T12:30:00Z; \
                     ends 2026-12-14T10:19:23Z; may read_branch:Read+create_deploy_request:Manage+read_service_tokens:Read on shop+acme",
                ),
            )
        },
    ]
}

fn messages() -> Vec<Case> {
    vec![
        Case {
            headers: &[("x-oauth-scopes", "chat:write,channels:history,admin.users:write")],
            ..case(
                "slack",
                "/api/auth.test",
                ("xoxb-1234567890-", 30),
                vec![
                    (
                        200,
                        r#"{"ok":true,"team":"Acme","user":"bot","team_id":"T1","user_id":"U1","bot_id":"B1","expires_in":3600}"#,
                        ACTIVE,
                    ),
                    (200, r#"{"ok":false,"error":"token_revoked"}"#, REVOKED),
                    (200, r#"{"ok":false,"error":"token_expired"}"#, EXPIRED),
                    (200, r#"{"ok":false,"error":"account_inactive"}"#, REVOKED),
                    (200, r#"{"ok":false,"error":"invalid_auth"}"#, UNKNOWN),
                    (200, r#"{"ok":false,"error":"not_allowed_token_type"}"#, UNKNOWN),
                    (200, r#"{"ok":false,"error":"ratelimited"}"#, UNKNOWN),
                ],
                "owner Acme; ends 2026-11-22T13:00:00Z; \
                 may chat:write:PublishUpdate+channels:history:Read+admin.users:write:Manage on everything; \
                 bot-id=B1; team-id=T1; user-id=U1; user-name=bot",
            )
        },
        case(
            "discord",
            "/api/v10/users/@me",
            ("", 70),
            vec![
                (200, r#"{"id":"80351110224678912","username":"helper","bot":true,"verified":true}"#, ACTIVE),
                (401, r#"{"message":"401: Unauthorized","code":0}"#, UNKNOWN),
                SSO,
            ],
            "owner helper; user-id=80351110224678912; verified=true",
        ),
        case(
            "telegram",
            "/bot{key}/getMe",
            ("123456789:", 35),
            vec![
                (
                    200,
                    r#"{"ok":true,"result":{"id":123456789,"is_bot":true,"username":"acme_bot","can_join_groups":true,"can_read_all_group_messages":false}}"#,
                    ACTIVE,
                ),
                (401, r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, REJECTED),
                (404, r#"{"ok":false,"error_code":404,"description":"Not Found"}"#, UNKNOWN),
            ],
            "id 123456789; owner acme_bot; can-join-groups=true; can-read-all-group-messages=false",
        ),
        case(
            "sendgrid",
            "/v3/scopes",
            ("SG.", 66),
            vec![
                (200, r#"{"scopes":["mail.send","stats.read","api_keys.create"]}"#, ACTIVE),
                (401, r#"{"errors":[{"message":"authorization required"}]}"#, REJECTED),
                (403, r#"{"errors":[{"message":"access forbidden"}]}"#, ACTIVE),
                SSO,
            ],
            "may mail.send:PublishUpdate+stats.read:Read+api_keys.create:Manage on everything",
        ),
        case(
            "mailgun",
            "/v1/keys",
            ("key-", 32),
            vec![
                (
                    200,
                    r#"{"total_count":1,"items":[{"id":"k-1","description":"ci","kind":"user","role":"admin","user_name":"ann","expires_at":"2027-01-01T00:00:00Z"}]}"#,
                    ACTIVE,
                ),
                (200, r#"{"items":[{"id":"k-1"},{"id":"k-2"}]}"#, ACTIVE),
                (401, "Forbidden", UNKNOWN),
                SSO,
            ],
            "name ci; id k-1; owner ann; ends 2027-01-01T00:00:00Z; may admin:Everything on everything",
        ),
        Case {
            key: format!("{}-us1", "a1".repeat(16)),
            ..own(case(
                "mailchimp",
                "/3.0/",
                ("", 32),
                vec![
                    (200, r#"{"account_id":"8d3a","account_name":"Acme","role":"owner"}"#, ACTIVE),
                    (403, r#"{"title":"User Disabled","status":403}"#, REVOKED),
                    (401, r#"{"title":"API Key Invalid","status":401}"#, REJECTED),
                    SSO,
                ],
                "owner Acme; may owner:Everything on everything; account-id=8d3a",
            ))
        },
        Case {
            owner: Some("AC0123"),
            ..lower(case(
                "twilio",
                "/2010-04-01/Accounts.json",
                ("", 32),
                vec![
                    (200, r#"{"accounts":[{"friendly_name":"Acme","status":"active","type":"Full"}]}"#, ACTIVE),
                    (401, r#"{"code":20003,"message":"Authenticate"}"#, UNKNOWN),
                    SSO,
                ],
                "account-status=active; account-type=Full; accounts=Acme",
            ))
        },
        Case {
            id: Some("SK0123456789abcdef0123456789abcdef"),
            ..case(
                "twilio",
                "/v2/Services?PageSize=1",
                ("", 32),
                vec![
                    (
                        200,
                        r#"{"services":[{"sid":"VA01","account_sid":"AC0123","friendly_name":"Sign in"}],"meta":{"page":0}}"#,
                        ACTIVE,
                    ),
                    (200, r#"{"services":[],"meta":{"page":0}}"#, ACTIVE),
                    (200, r#"{"meta":{"page":0}}"#, UNKNOWN),
                    (401, r#"{"code":20003,"message":"Authenticate"}"#, UNKNOWN),
                    (401, r#"{"code":70051,"message":"Authorization Failed"}"#, UNKNOWN),
                    SSO,
                ],
                "owner AC0123",
            )
        },
    ]
}

fn models() -> Vec<Case> {
    let models = r#"{"object":"list","data":[{"id":"m-1"}]}"#;
    let bad = r#"{"error":{"code":"invalid_api_key","message":"Incorrect API key provided"}}"#;
    let dead = r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#;
    let restricted = r#"{"error":{"message":"You have insufficient permissions for this operation."}}"#;
    vec![
        then(
            r#"{"object":"user","id":"user-1","email":"ann@acme.example","orgs":{"data":[{"id":"org-1","title":"Acme","role":"owner"}]}}"#,
            case(
                "openai",
                "/v1/models",
                ("sk-", 48),
                vec![
                    (200, models, ACTIVE),
                    (403, restricted, ACTIVE),
                    (
                        401,
                        r#"{"error":{"message":"You have insufficient permissions. Missing scopes: api.model.read"}}"#,
                        ACTIVE,
                    ),
                    (401, bad, REJECTED),
                    (401, r#"{"error":{"code":"ip_not_authorized","message":"no"}}"#, UNKNOWN),
                    (403, r#"{"error":{"code":"unsupported_country_region_territory"}}"#, UNKNOWN),
                ],
                "owner ann@acme.example; organisation-roles=owner; organisations=Acme; user-id=user-1",
            ),
        ),
        case(
            "openai",
            "/v1/organization/admin_api_keys?limit=100",
            ("sk-admin-", 100),
            vec![
                (
                    200,
                    r#"{"data":[{"id":"key_1","name":"ops","owner":{"name":"Ann"},"created_at":1785000000,"last_used_at":1795000000,"expires_at":null}]}"#,
                    ACTIVE,
                ),
                (200, r#"{"data":[{"id":"key_1"},{"id":"key_2"}]}"#, ACTIVE),
                (403, restricted, ACTIVE),
                (401, bad, REJECTED),
                (401, r#"{"error":{"code":"else"}}"#, UNKNOWN),
                SSO,
            ],
            "name ops; id key_1; owner Ann; created 2026-07-25T17:20:00Z; used 2026-11-18T11:06:40Z; never ends",
        ),
        case(
            "anthropic",
            "/v1/models?limit=1",
            ("sk-ant-api03-", 95),
            vec![(200, models, ACTIVE), (401, dead, REJECTED), (401, "{}", UNKNOWN), SSO],
            "",
        ),
        case(
            "anthropic",
            "/v1/organizations/me",
            ("sk-ant-admin01-", 95),
            vec![(200, r#"{"id":"12ab","type":"organization","name":"Acme"}"#, ACTIVE), (401, dead, REJECTED), SSO],
            "owner Acme; organisation-id=12ab",
        ),
        case("groq", "/openai/v1/models", ("gsk_", 52), vec![(200, models, ACTIVE), (401, bad, REJECTED), SSO], ""),
        case("mistral", "/v1/models", ("", 32), vec![(200, models, ACTIVE), NO, SSO], ""),
        case(
            "replicate",
            "/v1/account",
            ("r8_", 37),
            vec![(200, r#"{"type":"organization","username":"acme"}"#, ACTIVE), NO, SSO],
            "owner acme; account-type=organization",
        ),
        case(
            "cohere",
            "/v1/check-api-key",
            ("", 40),
            vec![
                (200, r#"{"valid":true,"organization_id":"org-1","owner_id":"o-1"}"#, ACTIVE),
                (200, r#"{"valid":false}"#, REJECTED),
                NO,
                SSO,
            ],
            "owner org-1; owner-id=o-1",
        ),
        case(
            "xai",
            "/v1/api-key",
            ("xai-", 80),
            vec![
                (
                    200,
                    r#"{"api_key_id":"ae1f","name":"ci","user_id":"59f","team_id":"595","acls":["api-key:model:*","api-key:endpoint:*"],
                        "create_time":"2026-01-01T00:00:00Z","api_key_blocked":false,"api_key_disabled":false,"team_blocked":false}"#,
                    ACTIVE,
                ),
                (200, r#"{"api_key_id":"ae1f","acls":[],"api_key_disabled":true}"#, REVOKED),
                (200, r#"{"api_key_id":"ae1f","acls":[],"api_key_blocked":true}"#, UNKNOWN),
                (200, r#"{"api_key_id":"ae1f","acls":[],"team_blocked":true}"#, UNKNOWN),
                (
                    400,
                    r#"{"code":"Client specified an invalid argument","error":"Incorrect API key provided"}"#,
                    REJECTED,
                ),
                NO,
                SSO,
            ],
            "name ci; id ae1f; owner 59f; created 2026-01-01T00:00:00Z; \
             may api-key:model:*:Manage+api-key:endpoint:*:Manage on everything; team-id=595",
        ),
        case(
            "openrouter",
            "/api/v1/key",
            ("sk-or-v1-", 64),
            vec![
                (
                    200,
                    r#"{"data":{"label":"sk-or-v1-au7...890","limit":100,"limit_reset":"monthly","limit_remaining":74.5,"usage":25.5,
                        "creator_user_id":"user_2d","is_management_key":false,"expires_at":"2027-12-31T23:59:59Z"}}"#,
                    ACTIVE,
                ),
                NO,
                SSO,
            ],
            "owner user_2d; ends 2027-12-31T23:59:59Z; only limit-usd=100; only limit-reset=monthly; \
             limit-remaining-usd=74.5; management-key=false; used-usd=25.5",
        ),
    ]
}

fn money() -> Vec<Case> {
    vec![
        case(
            "stripe",
            "/v1/account",
            ("rk_live_", 60),
            vec![
                (
                    200,
                    r#"{"id":"acct_1","object":"account","country":"US","charges_enabled":true,"payouts_enabled":true,
                        "settings":{"dashboard":{"display_name":"Acme"}}}"#,
                    ACTIVE,
                ),
                (401, r#"{"error":{"code":"api_key_expired","message":"Expired API Key provided"}}"#, EXPIRED),
                (401, r#"{"error":{"message":"Invalid API Key provided: rk_live_***"}}"#, REJECTED),
                (
                    403,
                    r#"{"error":{"message":"The provided key does not have the required permissions for this endpoint"}}"#,
                    ACTIVE,
                ),
                (
                    403,
                    r#"{"error":{"message":"The API key was used from an IP address that is not allowed"}}"#,
                    UNKNOWN,
                ),
            ],
            "owner acct_1; account-name=Acme; charges-enabled=true; country=US; payouts-enabled=true",
        ),
        case(
            "square",
            "/oauth2/token/status",
            ("EAAA", 60),
            vec![
                (
                    200,
                    r#"{"scopes":["PAYMENTS_READ","PAYMENTS_WRITE"],"expires_at":"2026-12-14T12:43:00Z","client_id":"c","merchant_id":"m"}"#,
                    ACTIVE,
                ),
                NO,
                SSO,
            ],
            "owner m; ends 2026-12-14T12:43:00Z; may PAYMENTS_READ:Read+PAYMENTS_WRITE:Manage on everything; client-id=c",
        ),
        then(
            r#"{"shop":{"name":"Acme","email":"ann@acme.example","myshopify_domain":"acme.myshopify.com","plan_name":"basic"}}"#,
            own(case(
                "shopify",
                "/admin/oauth/access_scopes.json",
                ("shpat_", 32),
                vec![
                    (200, r#"{"access_scopes":[{"handle":"read_orders"},{"handle":"write_orders"}]}"#, ACTIVE),
                    (
                        401,
                        r#"{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}"#,
                        REJECTED,
                    ),
                    SSO,
                ],
                "owner acme.myshopify.com; may read_orders:Read+write_orders:Manage on everything; plan=basic; shop-name=Acme",
            )),
        ),
    ]
}

fn watching() -> Vec<Case> {
    vec![
        lower(case(
            "datadog",
            "/api/v1/validate",
            ("", 32),
            vec![(200, r#"{"valid":true}"#, ACTIVE), (403, r#"{"status":"error","errors":["Forbidden"]}"#, UNKNOWN)],
            "",
        )),
        own(case(
            "grafana",
            "/api/access-control/user/permissions",
            ("glsa_", 41),
            vec![
                (200, r#"{"dashboards:read":["dashboards:*"],"org.users:write":["users:*"],"empty":[]}"#, ACTIVE),
                (401, r#"{"message":"Invalid API key"}"#, REJECTED),
                (401, r#"{"message":"Unauthorized"}"#, REJECTED),
                SSO,
            ],
            "may dashboards:read:Read+org.users:write:Manage on everything",
        )),
        own(case(
            "sentry",
            "/api/0/auth/validate/",
            ("sntrys_", 80),
            vec![(200, r#"{"valid":true}"#, ACTIVE), NO, (404, "{}", UNKNOWN), SSO],
            "",
        )),
        lower(case(
            "sentry",
            "/api/0/",
            ("sntryu_", 64),
            vec![
                (
                    200,
                    r#"{"version":"0","auth":{"scopes":["project:releases","org:read"]},"user":{"email":"ann@acme.example"}}"#,
                    ACTIVE,
                ),
                (200, r#"{"version":"0","auth":null,"user":null}"#, UNKNOWN),
                (401, r#"{"detail":"Invalid token"}"#, REJECTED),
                (401, r#"{"detail":"Token expired"}"#, EXPIRED),
                SSO,
            ],
            "owner ann@acme.example; may project:releases:PublishNew+org:read:Read on everything",
        )),
        case(
            "honeycomb",
            "/1/auth",
            ("", 22),
            vec![
                (
                    200,
                    r#"{"id":"FL_x","type":"configuration","api_key_access":{"events":true,"boards":false,"queries":true},
                        "environment":{"name":"Production"},"team":{"name":"Acme","slug":"acme"}}"#,
                    ACTIVE,
                ),
                (401, r#"{"error":"unknown API key - check your credentials"}"#, UNKNOWN),
                SSO,
            ],
            "kind configuration; id FL_x; owner acme; may events:PublishUpdate+queries:Read on everything; environment=Production",
        ),
        case(
            "pagerduty",
            "/users/me",
            ("u+", 18),
            vec![(200, r#"{"user":{"id":"PX","email":"ann@acme.example","role":"admin"}}"#, ACTIVE), NO, SSO],
            "owner ann@acme.example; may admin:Everything on everything",
        ),
    ]
}

fn work() -> Vec<Case> {
    vec![
        case(
            "airtable",
            "/v0/meta/whoami",
            ("patAAAABBBBCCCCDD.", 64),
            vec![(200, r#"{"id":"usr1","email":"ann@acme.example","scopes":["data.records:read"]}"#, ACTIVE), NO, SSO],
            "owner ann@acme.example; may data.records:read:Read on everything; user-id=usr1",
        ),
        case(
            "asana",
            "/api/1.0/users/me",
            ("1/1234567890:", 32),
            vec![
                (200, r#"{"data":{"gid":"12345","email":"ann@acme.example","workspaces":[{"name":"Acme"}]}}"#, ACTIVE),
                NO,
                SSO,
            ],
            "owner ann@acme.example; user-id=12345; workspaces=Acme",
        ),
        case(
            "figma",
            "/v1/me",
            ("figd_", 40),
            vec![
                (200, r#"{"id":"1","email":"ann@acme.example","handle":"Ann"}"#, ACTIVE),
                (403, r#"{"status":403,"err":"Invalid scope(s): file_content:read"}"#, ACTIVE),
                (403, r#"{"status":403,"err":"Invalid token"}"#, REJECTED),
                (403, r#"{"status":403,"err":"Token expired"}"#, EXPIRED),
                SSO,
            ],
            "owner ann@acme.example; user-name=Ann",
        ),
        case(
            "linear",
            "/graphql",
            ("lin_api_", 40),
            vec![
                (200, r#"{"data":{"viewer":{"id":"u1","name":"Ann","email":"ann@acme.example"}}}"#, ACTIVE),
                (401, r#"{"errors":[{"extensions":{"code":"AUTHENTICATION_ERROR"}}]}"#, REJECTED),
                (400, r#"{"errors":[{"extensions":{"code":"AUTHENTICATION_ERROR"}}]}"#, REJECTED),
                (400, r#"{"errors":[{"extensions":{"code":"INPUT_ERROR"}}]}"#, UNKNOWN),
                SSO,
            ],
            "owner ann@acme.example; user-id=u1; user-name=Ann",
        ),
        case(
            "notion",
            "/v1/users/me",
            ("ntn_", 46),
            vec![
                (
                    200,
                    r#"{"object":"user","id":"16d","type":"bot","name":"ci","bot":{"owner":{"type":"workspace"},"workspace_name":"Acme"}}"#,
                    ACTIVE,
                ),
                (401, r#"{"object":"error","code":"unauthorized","message":"API token is invalid."}"#, REJECTED),
                (403, r#"{"object":"error","code":"restricted_resource"}"#, ACTIVE),
                SSO,
            ],
            "name ci; owner Acme; bot-id=16d; owner-type=workspace",
        ),
        Case {
            host: Some("bitbucket.org"),
            headers: &[("x-oauth-scopes", "repository:write, pullrequest"), ("x-credential-type", "repo_access_token")],
            ..case(
                "atlassian",
                "/2.0/repositories?pagelen=1",
                ("ATCTT3", 100),
                vec![
                    (200, r#"{"values":[{"full_name":"acme/shop"}]}"#, ACTIVE),
                    (200, r#"{"values":[{"full_name":"somebody/else"}],"public":true}"#, UNKNOWN),
                    NO,
                    SSO,
                ],
                "kind repo_access_token; may repository:write:Manage+pullrequest:Manage on everything; repositories=acme/shop",
            )
        },
        case(
            "atlassian",
            "/admin/v1/orgs",
            ("ATCTT3", 100),
            vec![
                (200, r#"{"data":[{"id":"o1","attributes":{"name":"Acme"}}]}"#, ACTIVE),
                (401, r#"{"code":401,"message":"Unauthorized"}"#, UNKNOWN),
                SSO,
            ],
            "owner Acme; organisation-ids=o1",
        ),
        then(
            r#"[{"id":"00T1","name":"ci","userId":"00u1","created":"2026-01-01T00:00:00.000Z","expiresAt":"2026-12-22T00:00:00.000Z",
                "tokenWindow":"P30D","network":{"connection":"ANYWHERE"}}]"#,
            own(case(
                "okta",
                "/api/v1/users/me",
                ("00", 40),
                vec![
                    (200, r#"{"id":"00u1","status":"ACTIVE","profile":{"login":"ann@acme.example"}}"#, ACTIVE),
                    (401, r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#, REJECTED),
                    (401, r#"{"errorCode":"E0000999"}"#, UNKNOWN),
                    SSO,
                ],
                "name ci; id 00T1; owner ann@acme.example; created 2026-01-01T00:00:00Z; ends 2026-12-22T00:00:00Z; \
             only network=ANYWHERE; idle-window=P30D; user-id=00u1; user-status=ACTIVE",
            )),
        ),
        case(
            "tailscale",
            "/api/v2/secret-scanning/verify",
            ("tskey-api-", 40),
            vec![(204, "", ACTIVE), (401, r#"{"message":"API token invalid"}"#, REJECTED), (200, "{}", UNKNOWN)],
            "",
        ),
    ]
}
