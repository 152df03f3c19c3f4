-- Okta events that change somebody's account, factors or sessions, as auth records.
-- Unlike in auth.lua the subject is the user among the targets, and the actor who did it is the source.

local okta, types, settings = require "_okta", require "_types", require "_settings"

local subject = first(okta.target_user, "actor")

-- Changed passwords are listed under generic as well. They come here if a person did it to a user who can be named;
-- what jobs and directory agents synchronize does not.
local duplicates = settings.duplicates
local user       = first(okta.name(okta.target_user), okta.name "actor[type=User]")

return map {
  schema = "auth",
  when   = {
    { eventType = types.account },
    { eventType = types.account_twice, [duplicates] = "auth-only" },
    { eventType = types.account_twice, [duplicates] = { "primary", "both" },
      [user] = present, ["transaction.type"] = "WEB" },
    { eventType = types.account_twice, [duplicates] = { "primary", "both" },
      [user] = present, ["transaction.type"] = none_of("JOB"), [okta.address] = present },
  },
  goes_on = { eventType = types.account_twice, [duplicates] = "both" },

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
