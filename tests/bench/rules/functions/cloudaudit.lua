-- The benchmark's mapping to cloudaudit: tests/bench/peers/MAPPING.md.

return map {
  schema = "cloudaudit",
  when   = { eventType = require "_types".cloudaudit },

  fields = {
    schema = const "cloudaudit",
    action = pick("eventType", require "_actions".cloudaudit, "other"),
    event_id   = "uuid",
    time       = "published",
    event_type = "eventType",
    message    = "displayMessage",
    severity   = pick("severity", { DEBUG = 0, INFO = 1, WARN = 2, ERROR = 3 }, 1),
    outcome    = lower "outcome.result",
    reason     = "outcome.reason",

    actor_id     = "actor.id",
    actor_type   = "actor.type",
    actor_user   = "actor.alternateId",
    actor_name   = "actor.displayName",
    actor_domain = from("actor.alternateId", function(user)
      local at = user:find("@", 1, true)
      return at and user:sub(at + 1)
    end),

    src_ip      = "client.ipAddress",
    src_country = "client.geographicalContext.country",
    src_city    = "client.geographicalContext.city",
    src_lat     = "client.geographicalContext.geolocation.lat",
    src_lon     = "client.geographicalContext.geolocation.lon",
    src_asn     = "securityContext.asNumber",
    src_isp     = "securityContext.isp",
    is_proxy    = "securityContext.isProxy",

    user_agent = "client.userAgent.rawUserAgent",
    device_os  = "client.userAgent.os",
    session_id = "authenticationContext.externalSessionId",
    txn_id     = "transaction.id",

    target_id   = "target[0].id",
    target_type = "target[0].type",
    target_name = "target[0].displayName",
    request_uri = "debugContext.debugData.requestUri",
  },
}
