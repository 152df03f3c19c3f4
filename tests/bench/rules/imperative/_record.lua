-- What the three schemas have in common: tests/bench/peers/MAPPING.md.

local actions = require "_actions"
local severities = { DEBUG = 0, INFO = 1, WARN = 2, ERROR = 3 }

return function(e, schema)
  local actor, client, security = e.actor, e.client, e.securityContext
  local place, agent = client.geographicalContext, client.userAgent
  local user, result = actor.alternateId, e.outcome.result
  local at = user and string.find(user, "@", 1, true)

  return {
    schema = schema,
    action = actions[schema][e.eventType] or "other",
    event_id   = e.uuid,
    time       = e.published,
    event_type = e.eventType,
    message    = e.displayMessage,
    severity   = severities[e.severity] or 1,
    outcome    = result and string.lower(result),
    reason     = e.outcome.reason,

    actor_id     = actor.id,
    actor_type   = actor.type,
    actor_user   = user,
    actor_name   = actor.displayName,
    actor_domain = at and string.sub(user, at + 1),

    src_ip      = client.ipAddress,
    src_country = place.country,
    src_city    = place.city,
    src_lat     = place.geolocation.lat,
    src_lon     = place.geolocation.lon,
    src_asn     = security.asNumber,
    src_isp     = security.isp,
    is_proxy    = security.isProxy,

    user_agent = agent.rawUserAgent,
    device_os  = agent.os,
    session_id = e.authenticationContext.externalSessionId,
    txn_id     = e.transaction.id,
  }
end
