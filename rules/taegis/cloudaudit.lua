-- What administrators do in Okta, as cloudaudit records.
-- Fields: https://developer.okta.com/docs/reference/api/system-log/

local okta, types, settings = require "_okta", require "_types", require "_settings"

-- What was acted on, by type: targets come in no fixed order.
local user     = first(okta.target_user, "target[0]")
local resource = first(
  given(capture("eventType", "^user%.lifecycle%."), user),
  "target[type=Token|AppInstance|AppUser|User]",
  "target[0]"
)

return map {
  schema = "cloudaudit",
  when   = {
    { eventType = types.cloudaudit },
    { eventType = require "_families".cloudaudit, [settings.unlisted] = "auto" },
  },

  fields = {
    event_time_usec     = okta.time,
    event_time_fidelity = maybe(precision "published"),
    sensor_type         = const "OKTA",
    sensor_cpe          = const(okta.cpe),
    sensor_event_id     = known "uuid",

    event_name   = "eventType",
    event_type   = first(capture("eventType", "^([^.]+%.[^.]+)"), "eventType"),
    event_source = const "okta",
    account_id   = org_host(),

    user_name = okta.name "actor",
    user_id   = okta.id "actor",
    user_type = known "actor.type",
    mfa_used  = okta.mfa_used,

    source_address = okta.address,
    host_id        = known "device.id",
    user_agent     = known "client.userAgent.rawUserAgent",
    source_address_geo_summary = okta.geo,

    resource_name = okta.name(resource),
    resource_type = known(get(resource, "type")),
    resource_uid  = okta.id(resource),

    status             = known "outcome.result",
    error_code         = given(okta.failed, known "outcome.result"),
    error_message      = given(okta.failed, known "outcome.reason"),
    request_parameters = json "target",

    event_metadata = { record = keyed(require "_metadata", {
      -- The schema has no field for the user it was done to.
      target_user_name = okta.name(okta.target_user),
      target_user_id   = okta.id(okta.target_user),
    }) },
  },
}
