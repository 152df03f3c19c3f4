-- Okta events that have no schema of their own, as generic records.
-- Also those of a listed type that another rule could not take, so that nothing is lost on the way.

local okta, types, settings = require "_okta", require "_types", require "_settings"

local message = first(known "displayMessage", known "eventType")
local who     = okta.name "actor"
local result  = known "outcome.result"
local reason  = known "outcome.reason"

return map {
  schema = "generic",
  when   = {
    { eventType = types.generic },
    { eventType = types.sign_in },
    { eventType = types.account },
    { eventType = types.cloudaudit },
    { eventType = require "_families".generic, [settings.unlisted] = "auto" },
    { eventType = "*", [settings.unlisted] = { "generic", "auto" } },
  },

  fields = {
    event_time_usec     = okta.time,
    event_time_fidelity = maybe(precision "published"),
    sensor_type         = const "OKTA",
    sensor_cpe          = const(okta.cpe),
    sensor_event_id     = known "uuid",
    host_id             = known "device.id",

    hostname = org_host(),
    summary  = first(
      format("%s: %s (%s, %s)", message, who, result, reason),
      format("%s: %s (%s)", message, who, result),
      format("%s: %s", message, who),
      format("%s (%s, %s)", message, result, reason),
      format("%s (%s)", message, result),
      message
    ),

    event_metadata = { record = keyed(require "_metadata", {
      target_user_name = okta.name(okta.target_user),
      target_user_id   = okta.id(okta.target_user),

      -- The strongest signal on Taegis's page: a user says that it was not they. What Okta knows of the original event.
      ["okta.suspicious.event_id"]   = known "debugContext.debugData.suspiciousActivityEventId",
      ["okta.suspicious.event_type"] = known "debugContext.debugData.suspiciousActivityEventType",
      ["okta.suspicious.event_ip"]   = known "debugContext.debugData.suspiciousActivityEventIp",
      ["okta.suspicious.transaction_id"] = known "debugContext.debugData.suspiciousActivityEventTransactionId",
      ["okta.suspicious.city"]       = known "debugContext.debugData.suspiciousActivityEventCity",
      ["okta.suspicious.state"]      = known "debugContext.debugData.suspiciousActivityEventState",
      ["okta.suspicious.country"]    = known "debugContext.debugData.suspiciousActivityEventCountry",
      ["okta.suspicious.latitude"]   = known "debugContext.debugData.suspiciousActivityEventLatitude",
      ["okta.suspicious.longitude"]  = known "debugContext.debugData.suspiciousActivityEventLongitude",
      ["okta.suspicious.browser"]    = known "debugContext.debugData.suspiciousActivityBrowser",
      ["okta.suspicious.os"]         = known "debugContext.debugData.suspiciousActivityOs",
      ["okta.suspicious.time"]       = known "debugContext.debugData.suspiciousActivityTimestamp",
    }) },
  },
}
