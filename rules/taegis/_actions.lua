-- What an event means as auth.action: by its type, then by its outcome.
-- The tokens are those of rules/schemas/_enums.yaml, where they can be renamed.

local okta = require "_okta"

-- Okta adds outcomes over time; what is neither a success, a failure nor a challenge is UNKNOWN.
local function outcome(success, failure, challenge)
  return pick("outcome.result", {
    SUCCESS = success, ALLOW = success,
    FAILURE = failure, DENY  = failure,
    CHALLENGE = challenge or "UNKNOWN",
  }, "UNKNOWN")
end

local logon     = outcome("LOGON", "LOGON_FAILURE", "MFA_CHALLENGE")
local logoff    = outcome("LOGOFF", "LOGOFF_FAILURE")
local token     = outcome("TOKEN_GRANT", "TOKEN_DENIED")
local policy    = outcome("POLICY_CHANGE", "POLICY_CHANGE_FAILURE")
local factor    = outcome("MFA_SUCCESS", "MFA_FAILURE", "MFA_CHALLENGE")
local denied    = outcome("UNKNOWN", "LOGON_FAILURE") -- the event is about a refusal, whatever it says of itself
local challenge = outcome("MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE")
local mfa_reset = outcome("MFA_RESET", "MFA_RESET_FAILURE")

-- Identity Engine logs the password step as auth_via_mfa too. Its failure stays MFA_FAILURE: Okta logs the same attempt
-- as a failed user.session.start, and detectors that count LOGON_FAILURE would count it twice.
local success   = pick(okta.factor, { password = "LOGON", password_as_factor = "LOGON" }, "MFA_SUCCESS")
local mfa_step  = outcome(success, "MFA_FAILURE", "MFA_CHALLENGE")

-- Types that reach auth only with the setting "unlisted" on `auto`.
local function when_type(pattern, action) return given(capture("eventType", pattern), action) end

local unlisted = first(
  when_type("^app%.oauth2%.signon$", logon),
  when_type("^app%.oauth2%.", token),
  when_type("^app%.inbound_del_auth%.", logon),
  when_type("^app%.generic%.unauth_", denied),
  when_type("^application%.policy%.sign_on%.deny_", denied),
  when_type("^user%.authentication%.auth$", logon),
  when_type("^user%.authentication%.auth_via_", logon),
  when_type("^user%.authentication%.slo$", logoff),
  when_type("^user%.authentication%.universal_logout", logoff),
  when_type("^user%.session%.expire$", logoff),
  when_type("^user%.mfa%.okta_verify", factor),
  when_type("^system%.%w+%.send_", challenge),
  const "UNKNOWN"
)

return pick("eventType", {
  ["user.session.start"]                         = logon,
  ["user.session.end"]                           = logoff,
  ["user.session.clear"]                         = logoff,
  ["user.authentication.sso"]                    = logon,
  ["user.authentication.auth_via_mfa"]           = mfa_step,
  ["user.authentication.verify"]                 = factor,
  ["policy.evaluate_sign_on"]                    = outcome("POLICY_ALLOW", "LOGON_FAILURE", "MFA_CHALLENGE"),

  ["app.oauth2.as.authorize.code"]               = token,
  ["app.oauth2.as.token.grant.access_token"]     = token,
  ["app.oauth2.as.token.grant.id_token"]         = token,
  ["app.oauth2.as.token.grant.refresh_token"]    = token,
  ["inline_hook.response.processed"]             = outcome("HOOK_PROCESSED", "HOOK_FAILED"),

  ["policy.lifecycle.activate"]                  = policy,
  ["policy.lifecycle.create"]                    = policy,
  ["policy.lifecycle.deactivate"]                = policy,
  ["policy.lifecycle.update"]                    = policy,
  ["policy.rule.add"]                            = policy,
  ["policy.rule.deactivate"]                     = policy,
  ["policy.rule.update"]                         = policy,

  ["user.account.privilege.grant"]               = outcome("PRIVILEGE_GRANT", "PRIVILEGE_GRANT_FAILURE"),
  ["user.account.reset_password"]                = outcome("PASSWORD_RESET", "PASSWORD_RESET_FAILURE"),
  ["user.account.update_password"]               = outcome("PASSWORD_CHANGE", "PASSWORD_CHANGE_FAILURE"),
  ["user.account.update_profile"]                = outcome("ACCOUNT_CHANGE", "ACCOUNT_CHANGE_FAILURE"),
  ["user.mfa.factor.activate"]                   = outcome("MFA_ENROLL", "MFA_ENROLL_FAILURE"),
  ["user.mfa.factor.deactivate"]                 = mfa_reset,
  ["user.mfa.factor.reset_all"]                  = mfa_reset,
  ["system.sms.send_phone_verification_message"] = challenge,
  ["system.voice.send_phone_verification_call"]  = challenge,
}, unlisted)
