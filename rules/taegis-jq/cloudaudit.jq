# What administrators do in Okta, as cloudaudit records.
# Fields: https://developer.okta.com/docs/reference/api/system-log/

module {
  schema: "cloudaudit",
  when: [
    { eventType: "_types.yaml:cloudaudit" },
    { eventType: "_families.yaml:cloudaudit", "setting(unlisted)": "auto" }
  ],
  settings: {
    unlisted: { default: "generic", values: ["generic", "drop", "auto"] }
  }
};

include "weir";
include "_okta";
include "_metadata";

# What was acted on, by type: targets come in no fixed order.
def resource:
  first(
    (if .eventType | startswith("user.lifecycle.") then first(target_user, at(.target[0])) else null end),
    target_of("Token", "AppInstance", "AppUser", "User"),
    at(.target[0]));

resource as $resource
| target_user as $user
| {
  event_time_usec:     (at(.published) | maybe(time)),
  event_time_fidelity: (at(.published) | maybe(precision)),
  sensor_type:         "OKTA",
  sensor_cpe:          cpe,
  sensor_event_id:     (at(.uuid) | known),

  event_name:   .eventType,
  event_type:   (.eventType | split(".") | if length > 1 then .[:2] | join(".") else .[0] end),
  event_source: "okta",
  account_id:   org_host,

  user_name: (at(.actor) | name),
  user_id:   (at(.actor) | id),
  user_type: (at(.actor.type) | known),
  mfa_used:  mfa_used,

  source_address: address,
  host_id:        (at(.device.id) | known),
  user_agent:     (at(.client.userAgent.rawUserAgent) | known),
  source_address_geo_summary: geo,

  resource_name: ($resource | name),
  resource_type: ($resource | at(.type) | known),
  resource_uid:  ($resource | id),

  status:             (at(.outcome.result) | known),
  error_code:         given(failed; at(.outcome.result) | known),
  error_message:      given(failed; at(.outcome.reason) | known),
  request_parameters: source_json(.target),

  # The schema has no field for the user it was done to.
  event_metadata: { record: keyed(metadata + {
    target_user_name: ($user | name),
    target_user_id:   ($user | id)
  }) }
}
