-- The settings of these rules: name, default, and every value they take. Set them in weir.yaml, under `settings:` of
-- the transform. `tenant_id`, the Taegis tenant, is read by the schemas.

return {
  -- The three types that Taegis's page lists under auth and under generic: to auth if it can be built, else to
  -- generic; to both; or always to the one.
  duplicates = setting("duplicates", "primary", { "primary", "both", "auth-only", "generic-only" }),

  -- The types that the page does not list: to generic, nowhere, or by their family (_families.lua).
  unlisted = setting("unlisted", "generic", { "generic", "drop", "auto" }),

  -- What auth_system holds: Okta, or the provider that Okta asked, such as ACTIVE_DIRECTORY.
  auth_system = setting("auth_system", "okta", { "okta", "provider" }),
}
