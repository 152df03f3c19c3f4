-- The benchmark's mapping to cloudaudit, as one function.

local record = require "_record"

return map {
  schema = "cloudaudit",
  when   = { eventType = require "_types".cloudaudit },

  fields = function(e)
    local made, target = record(e, "cloudaudit"), e.target[1]

    made.target_id   = target.id
    made.target_type = target.type
    made.target_name = target.displayName
    made.request_uri = e.debugContext.debugData.requestUri
    return made
  end,
}
