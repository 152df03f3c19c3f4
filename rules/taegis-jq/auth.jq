# Okta events in which people sign in, sign off or prove who they are, and what decides about it, as auth records.
# Fields: https://developer.okta.com/docs/reference/api/system-log/

module {
  schema: "auth",
  # Two types are listed under generic as well. They come here if a user, an address and an outcome are known.
  when: [
    { eventType: "_types.yaml:sign_in" },
    { eventType: "_types.yaml:sign_in_twice", "setting(duplicates)": "auth-only" },
    { eventType: "policy.evaluate_sign_on", "setting(duplicates)": ["primary", "both"],
      "known(actor[type=User].alternateId)": { present: true }, "maybe(ip(client.ipAddress))": { present: true },
      "outcome.result": ["SUCCESS", "ALLOW", "FAILURE", "DENY", "CHALLENGE"] },
    { eventType: "policy.evaluate_sign_on", "setting(duplicates)": ["primary", "both"],
      "known(actor[type=User].alternateId)": { present: true }, "maybe(ip(request.ipChain[0].ip))": { present: true },
      "outcome.result": ["SUCCESS", "ALLOW", "FAILURE", "DENY", "CHALLENGE"] },
    { eventType: "user.authentication.sso", "setting(duplicates)": ["primary", "both"],
      "known(actor[type=User].alternateId)": { present: true }, "maybe(ip(client.ipAddress))": { present: true },
      "outcome.result": ["SUCCESS", "ALLOW", "FAILURE", "DENY", "CHALLENGE"], "transaction.type": { none_of: ["JOB"] } },
    { eventType: "user.authentication.sso", "setting(duplicates)": ["primary", "both"],
      "known(actor[type=User].alternateId)": { present: true }, "maybe(ip(request.ipChain[0].ip))": { present: true },
      "outcome.result": ["SUCCESS", "ALLOW", "FAILURE", "DENY", "CHALLENGE"], "transaction.type": { none_of: ["JOB"] } },
    { eventType: "_families.yaml:auth", "setting(unlisted)": "auto" }
  ],
  goes_on:  { eventType: "_types.yaml:sign_in_twice", "setting(duplicates)": "both" },
  settings: {
    duplicates:  { default: "primary", values: ["primary", "both", "auth-only", "generic-only"] },
    unlisted:    { default: "generic", values: ["generic", "drop", "auto"] },
    auth_system: { default: "okta", values: ["okta", "provider"] }
  }
};

include "weir";
include "_okta";
include "_actions";
include "_metadata";

# The actor, unless that is an OAuth client or Okta itself acting for a user among the targets.
first(actor_of("User"), target_user, at(.actor)) as $subject
| {
  event_time_usec:     (at(.published) | maybe(time)),
  event_time_fidelity: (at(.published) | maybe(precision)),
  sensor_type:         "OKTA",
  sensor_cpe:          cpe,
  sensor_event_id:     (at(.uuid) | known),

  action:           action,
  auth_system:      auth_system,
  application_name: application,
  mfa_used:         mfa_used,

  target_user_name:   ($subject | name),
  target_user_id:     ($subject | id),
  target_domain_name: ($subject | domain),
  target_host_name:   org_host,

  source_user_name:   unless_same($subject; name),
  source_user_id:     unless_same($subject; id),
  source_domain_name: unless_same($subject; domain),

  source_address:   address,
  source_host_name: (at(.device.name) | known),
  host_id:          (at(.device.id) | known),
  user_agent:       (at(.client.userAgent.rawUserAgent) | known),
  source_address_geo_summary: geo,

  extra_status:        (at(.outcome.result) | known),
  extra_failurereason: given(failed; at(.outcome.reason) | known),
  extra_logontype:     (at(.transaction.type) | known),

  event_metadata: { record: keyed(metadata) }
}
