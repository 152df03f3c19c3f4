-- The benchmark's mapping to auth, as one function.

local record = require "_record"

return map {
  schema = "auth",
  when   = { eventType = require "_types".auth },

  fields = function(e)
    local made, risk = record(e, "auth"), e.debugContext.debugData.risk

    made.credential_type = e.authenticationContext.credentialType
    for _, t in each(e.target) do
      if t.type == "AppInstance" then
        made.app = t.displayName
        break
      end
    end
    made.risk_level = risk and string.match(risk, "level=(%a+)")
    return made
  end,
}
