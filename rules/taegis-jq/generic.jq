# Okta events that have no schema of their own, as generic records.
# Also those of a listed type that another rule could not take, so that nothing is lost on the way.

module {
  schema: "generic",
  when: [
    { eventType: ["_types.yaml:generic", "_types.yaml:sign_in", "_types.yaml:account", "_types.yaml:cloudaudit"] },
    { eventType: "_families.yaml:generic", "setting(unlisted)": "auto" },
    { eventType: "*", "setting(unlisted)": ["generic", "auto"] }
  ],
  settings: {
    unlisted: { default: "generic", values: ["generic", "drop", "auto"] }
  }
};

include "weir";
include "_okta";
include "_metadata";

def summary:
  first((at(.displayMessage) | known), (at(.eventType) | known)) as $message
  | (at(.actor) | name) as $who
  | (at(.outcome.result) | known) as $result
  | (at(.outcome.reason) | known) as $reason
  | first(
      format("%s: %s (%s, %s)"; [$message, $who, $result, $reason]),
      format("%s: %s (%s)"; [$message, $who, $result]),
      format("%s: %s"; [$message, $who]),
      format("%s (%s, %s)"; [$message, $result, $reason]),
      format("%s (%s)"; [$message, $result]),
      $message);

# The strongest signal on Taegis's page: a user says that it was not they. What Okta knows of the original event.
def suspicious:
  at(.debugContext.debugData)
  | {
      "okta.suspicious.event_id":       (at(.suspiciousActivityEventId) | known),
      "okta.suspicious.event_type":     (at(.suspiciousActivityEventType) | known),
      "okta.suspicious.event_ip":       (at(.suspiciousActivityEventIp) | known),
      "okta.suspicious.transaction_id": (at(.suspiciousActivityEventTransactionId) | known),
      "okta.suspicious.city":           (at(.suspiciousActivityEventCity) | known),
      "okta.suspicious.state":          (at(.suspiciousActivityEventState) | known),
      "okta.suspicious.country":        (at(.suspiciousActivityEventCountry) | known),
      "okta.suspicious.latitude":       (at(.suspiciousActivityEventLatitude) | known),
      "okta.suspicious.longitude":      (at(.suspiciousActivityEventLongitude) | known),
      "okta.suspicious.browser":        (at(.suspiciousActivityBrowser) | known),
      "okta.suspicious.os":             (at(.suspiciousActivityOs) | known),
      "okta.suspicious.time":           (at(.suspiciousActivityTimestamp) | known)
    };

target_user as $user
| {
  event_time_usec:     (at(.published) | maybe(time)),
  event_time_fidelity: (at(.published) | maybe(precision)),
  sensor_type:         "OKTA",
  sensor_cpe:          cpe,
  sensor_event_id:     (at(.uuid) | known),
  host_id:             (at(.device.id) | known),

  hostname: org_host,
  summary:  summary,

  event_metadata: { record: keyed(metadata + suspicious + {
    target_user_name: ($user | name),
    target_user_id:   ($user | id)
  }) }
}
