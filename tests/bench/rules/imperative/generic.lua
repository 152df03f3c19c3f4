-- The benchmark's mapping to generic, as one function.

local record = require "_record"

return map {
  schema = "generic",
  when   = { eventType = "*" },

  fields = function(e)
    local made, names = record(e, "generic"), {}

    for _, t in each(e.target) do
      names[#names + 1] = t.displayName
    end
    if #names > 0 then made.target_names = table.concat(names, ", ") end
    return made
  end,
}
