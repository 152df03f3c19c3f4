# The benchmark's mapping, tests/bench/peers/MAPPING.md: the program of tests/bench/peers/jq/map.jq, less what drops
# nulls, which weir does.

module {
  schema: "event",
  when:   { eventType: "*" },
  reads:  ["uuid", "published", "eventType", "displayMessage", "severity", "outcome.result", "outcome.reason",
           "actor.id", "actor.type", "actor.alternateId", "actor.displayName",
           "client.ipAddress", "client.geographicalContext.country", "client.geographicalContext.city",
           "client.geographicalContext.geolocation", "client.userAgent.rawUserAgent", "client.userAgent.os",
           "securityContext.asNumber", "securityContext.isp", "securityContext.isProxy",
           "authenticationContext.externalSessionId", "authenticationContext.credentialType", "transaction.id", "target",
           "debugContext.debugData.risk", "debugContext.debugData.requestUri"]
};

include "_eventmap";

def eventmap_of($m): $m[.eventType] // ["generic", "other"];
def normalize($m):
  eventmap_of($m) as [$schema, $action]
  | (.client.geographicalContext) as $geo
  | (.client.userAgent) as $ua
  | (.target // []) as $t
  | .debugContext.debugData as $dd
  | { event_id: .uuid, time: .published, schema: $schema, event_type: .eventType, action: $action,
      message: .displayMessage,
      severity: (.severity | if . == "INFO" then 1 elif . == "WARN" then 2 elif . == "ERROR" then 3 elif . == "DEBUG" then 0 else 1 end),
      outcome: (.outcome.result | if . then ascii_downcase else null end), reason: .outcome.reason,
      actor_id: .actor.id, actor_type: .actor.type, actor_user: .actor.alternateId, actor_name: .actor.displayName,
      actor_domain: (.actor.alternateId | if . and (index("@") != null) then .[index("@") + 1:] else null end),
      src_ip: .client.ipAddress, src_country: $geo.country, src_city: $geo.city,
      src_lat: $geo.geolocation.lat, src_lon: $geo.geolocation.lon,
      src_asn: .securityContext.asNumber, src_isp: .securityContext.isp, is_proxy: .securityContext.isProxy,
      user_agent: $ua.rawUserAgent, device_os: $ua.os,
      session_id: .authenticationContext.externalSessionId, txn_id: .transaction.id }
    + (if $schema == "auth" then
         { credential_type: .authenticationContext.credentialType,
           app: (first($t[] | select(.type == "AppInstance") | .displayName) // null),
           risk_level: (($dd.risk // "") | if . == "" then null else (split("level=")[1] // null | if . then rtrimstr("}") else null end) end) }
       elif $schema == "cloudaudit" then
         { target_id: $t[0].id, target_type: $t[0].type, target_name: $t[0].displayName, request_uri: $dd.requestUri }
       else
         { target_names: ([$t[].displayName | select(. != null)] | if length > 0 then join(", ") else null end) }
       end);
eventmap as $m | normalize($m)
