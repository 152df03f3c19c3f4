# Okta events that change somebody's account, factors or sessions, as auth records.
# Unlike in auth.jq the subject is the user among the targets, and the actor who did it is the source.

module {
  schema: "auth",
  # Changed passwords are listed under generic as well. They come here if a person did it to a user who can be named;
  # what jobs and directory agents synchronize does not.
  when: [
    { eventType: "_types.yaml:account" },
    { eventType: "_types.yaml:account_twice", "setting(duplicates)": "auth-only" },
    { eventType: "_types.yaml:account_twice", "setting(duplicates)": ["primary", "both"], "transaction.type": "WEB" },
    { eventType: "_types.yaml:account_twice", "setting(duplicates)": ["primary", "both"],
      "transaction.type": { none_of: ["JOB"] }, "maybe(ip(client.ipAddress))": { present: true } },
    { eventType: "_types.yaml:account_twice", "setting(duplicates)": ["primary", "both"],
      "transaction.type": { none_of: ["JOB"] }, "maybe(ip(request.ipChain[0].ip))": { present: true } }
  ],
  goes_on:  { eventType: "_types.yaml:account_twice", "setting(duplicates)": "both" },
  settings: {
    duplicates:  { default: "primary", values: ["primary", "both", "auth-only", "generic-only"] },
    auth_system: { default: "okta", values: ["okta", "provider"] }
  }
};

include "weir";
include "_okta";
include "_actions";
include "_metadata";

def is_named: first((target_user | name), (actor_of("User") | name)) != null;

select(.eventType != "user.account.update_password" or setting("duplicates") == "auth-only" or is_named)
| first(target_user, at(.actor)) as $subject
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
