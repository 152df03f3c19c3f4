# What an event means as auth.action: by its type, then by its outcome.
# The tokens are those of rules/schemas/_enums.yaml, where they can be renamed.

include "weir";
include "_okta";

# Success, failure and challenge. Okta adds outcomes over time; what is none of the three is UNKNOWN.
def outcome($tokens):
  at(.outcome.result) as $result
  | if   $result == "SUCCESS" or $result == "ALLOW" then $tokens[0]
    elif $result == "FAILURE" or $result == "DENY" then $tokens[1]
    elif $result == "CHALLENGE" then $tokens[2] // "UNKNOWN"
    else "UNKNOWN" end;

def logon:     ["LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"];
def logoff:    ["LOGOFF", "LOGOFF_FAILURE"];
def token:     ["TOKEN_GRANT", "TOKEN_DENIED"];
def policy:    ["POLICY_CHANGE", "POLICY_CHANGE_FAILURE"];
def mfa:       ["MFA_SUCCESS", "MFA_FAILURE", "MFA_CHALLENGE"];
def denied:    ["UNKNOWN", "LOGON_FAILURE"]; # the event is about a refusal, whatever it says of itself
def challenge: ["MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"];
def mfa_reset: ["MFA_RESET", "MFA_RESET_FAILURE"];

# Identity Engine logs the password step as auth_via_mfa too. Its failure stays MFA_FAILURE: Okta logs the same attempt
# as a failed user.session.start, and detectors that count LOGON_FAILURE would count it twice.
def mfa_step:
  factor as $factor
  | if $factor == "password" or $factor == "password_as_factor" then ["LOGON", "MFA_FAILURE", "MFA_CHALLENGE"] else mfa end;

# Types that reach auth only with the setting "unlisted" on `auto`.
def unlisted:
  if   . == "app.oauth2.signon" then logon
  elif startswith("app.oauth2.") then token
  elif startswith("app.inbound_del_auth.") then logon
  elif startswith("app.generic.unauth_") or startswith("application.policy.sign_on.deny_") then denied
  elif . == "user.authentication.auth" or startswith("user.authentication.auth_via_") then logon
  elif . == "user.authentication.slo" then logoff
  elif startswith("user.authentication.universal_logout") then logoff
  elif . == "user.session.expire" then logoff
  elif startswith("user.mfa.okta_verify") then mfa
  elif startswith("system.") and (split(".")[2] // "" | startswith("send_")) then challenge
  else [] end;

def tokens($type):
  if   $type == "user.session.start" or $type == "user.authentication.sso" then logon
  elif $type == "user.session.end" or $type == "user.session.clear" then logoff
  elif $type == "user.authentication.auth_via_mfa" then mfa_step
  elif $type == "user.authentication.verify" then mfa
  elif $type == "policy.evaluate_sign_on" then ["POLICY_ALLOW", "LOGON_FAILURE", "MFA_CHALLENGE"]
  elif $type == "inline_hook.response.processed" then ["HOOK_PROCESSED", "HOOK_FAILED"]
  elif $type | startswith("policy.lifecycle.") or startswith("policy.rule.") then policy
  elif $type == "user.account.privilege.grant" then ["PRIVILEGE_GRANT", "PRIVILEGE_GRANT_FAILURE"]
  elif $type == "user.account.reset_password" then ["PASSWORD_RESET", "PASSWORD_RESET_FAILURE"]
  elif $type == "user.account.update_password" then ["PASSWORD_CHANGE", "PASSWORD_CHANGE_FAILURE"]
  elif $type == "user.account.update_profile" then ["ACCOUNT_CHANGE", "ACCOUNT_CHANGE_FAILURE"]
  elif $type == "user.mfa.factor.activate" then ["MFA_ENROLL", "MFA_ENROLL_FAILURE"]
  elif $type == "user.mfa.factor.deactivate" or $type == "user.mfa.factor.reset_all" then mfa_reset
  else $type | unlisted end;

def action: tokens(.eventType) as $tokens | outcome($tokens) // "UNKNOWN";
