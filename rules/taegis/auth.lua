-- Okta events in which people sign in, sign off or prove who they are, what decides about it, and what changes their
-- accounts, as auth records.
-- Fields: https://developer.okta.com/docs/reference/api/system-log/

local okta, types, settings = require "_okta", require "_types", require "_settings"

-- Whose account it is: the actor's, unless that is an OAuth client or Okta itself acting for a user among the targets.
-- Where an account is changed it is the target's, and the actor who did it is the source.
local own, changed = first("actor[type=User]", okta.target_user, "actor"), first(okta.target_user, "actor")
local subjects = { ["user.account.update_password"] = changed }
for _, kind in ipairs(types.account) do subjects[kind] = changed end
local subject = pick("eventType", subjects, own)

-- Three types are listed under generic as well. Sign-ins come here if a user, an address and an outcome are known;
-- changed passwords if a person did it to a user who can be named, not what jobs and directory agents synchronize.
local duplicates = settings.duplicates
local user       = known "actor[type=User].alternateId"
local judged     = { "SUCCESS", "ALLOW", "FAILURE", "DENY", "CHALLENGE" }
local named      = first(okta.name(okta.target_user), okta.name "actor[type=User]")

return map {
  schema = "auth",
  when   = {
    { eventType = types.sign_in },
    { eventType = types.account },
    { eventType = types.twice, [duplicates] = "auth-only" },
    { eventType = "policy.evaluate_sign_on", [duplicates] = { "primary", "both" },
      [user] = present, [okta.address] = present, ["outcome.result"] = judged },
    { eventType = "user.authentication.sso", [duplicates] = { "primary", "both" },
      [user] = present, [okta.address] = present, ["outcome.result"] = judged, ["transaction.type"] = none_of("JOB") },
    { eventType = "user.account.update_password", [duplicates] = { "primary", "both" },
      [named] = present, ["transaction.type"] = "WEB" },
    { eventType = "user.account.update_password", [duplicates] = { "primary", "both" },
      [named] = present, ["transaction.type"] = none_of("JOB"), [okta.address] = present },
    { eventType = require "_families".auth, [settings.unlisted] = "auto" },
  },
  goes_on = { eventType = types.twice, [duplicates] = "both" },

  fields = {
    event_time_usec     = okta.time,
    event_time_fidelity = maybe(precision "published"),
    sensor_type         = const "OKTA",
    sensor_cpe          = const(okta.cpe),
    sensor_event_id     = known "uuid",

    action           = require "_actions",
    auth_system      = okta.auth_system,
    application_name = okta.application,
    mfa_used         = okta.mfa_used,

    target_user_name   = okta.name(subject),
    target_user_id     = okta.id(subject),
    target_domain_name = okta.domain(subject),
    target_host_name   = org_host(),

    source_user_name   = okta.unless_same(subject, okta.name "actor"),
    source_user_id     = okta.unless_same(subject, okta.id "actor"),
    source_domain_name = okta.unless_same(subject, okta.domain "actor"),

    source_address   = okta.address,
    source_host_name = known "device.name",
    host_id          = known "device.id",
    user_agent       = known "client.userAgent.rawUserAgent",
    source_address_geo_summary = okta.geo,

    extra_status        = known "outcome.result",
    extra_failurereason = given(okta.failed, known "outcome.reason"),
    extra_logontype     = known "transaction.type",

    event_metadata = { record = keyed(require "_metadata") },
  },
}
