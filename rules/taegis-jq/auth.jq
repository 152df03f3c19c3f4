# Okta events in which people sign in, sign off or prove who they are, what decides about it, and what changes their
# accounts, as auth records.
# Fields: https://developer.okta.com/docs/reference/api/system-log/

module {
  schema: "auth",
  # Three types are listed under generic as well. Sign-ins come here if a user, an address and an outcome are known;
  # changed passwords if a person did it to a user who can be named, not what jobs and directory agents synchronize.
  when: [
    { eventType: "_types.yaml:sign_in" },
    { eventType: "_types.yaml:account" },
    { eventType: "_types.yaml:twice", "setting(duplicates)": "auth-only" },
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
    { eventType: "user.account.update_password", "setting(duplicates)": ["primary", "both"],
      "transaction.type": "WEB" },
    { eventType: "user.account.update_password", "setting(duplicates)": ["primary", "both"],
      "transaction.type": { none_of: ["JOB"] }, "maybe(ip(client.ipAddress))": { present: true } },
    { eventType: "user.account.update_password", "setting(duplicates)": ["primary", "both"],
      "transaction.type": { none_of: ["JOB"] }, "maybe(ip(request.ipChain[0].ip))": { present: true } },
    { eventType: "_families.yaml:auth", "setting(unlisted)": "auto" }
  ],
  goes_on:  { eventType: "_types.yaml:twice", "setting(duplicates)": "both" },
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

# Whose account it is: the actor's, unless that is an OAuth client or Okta itself acting for a user among the targets.
# Where an account is changed it is the target's, and the actor who did it is the source.
def changes_account:
  .eventType
  | startswith("user.account.") or startswith("user.mfa.factor.") or . == "user.session.clear"
    or . == "system.sms.send_phone_verification_message" or . == "system.voice.send_phone_verification_call";
def subject: first((if changes_account then null else actor_of("User") end), target_user, at(.actor));

def is_named: first((target_user | name), (actor_of("User") | name)) != null;

select(.eventType != "user.account.update_password" or setting("duplicates") == "auth-only" or is_named)
| subject as $subject
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
