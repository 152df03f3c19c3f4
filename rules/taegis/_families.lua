-- Where the types that Taegis's page does not list go with the setting "unlisted" on `auto`: by what they are
-- about in OCSF. Authentication goes to auth; accounts, entities, groups and access go to cloudaudit.
-- The longest prefix counts. What is in no list here goes to generic.

return {
  auth = {
    "app.generic.*",
    "app.inbound_del_auth.*",
    "app.oauth2.as.authorize", "app.oauth2.as.authorize.*",
    "app.oauth2.as.interact.*",
    "app.oauth2.as.token.grant", "app.oauth2.as.token.grant.*",
    "app.oauth2.authorize", "app.oauth2.authorize.*",
    "app.oauth2.interact.*",
    "app.oauth2.invalid_client_credentials",
    "app.oauth2.signon",
    "app.oauth2.token.grant", "app.oauth2.token.grant.*",
    "application.policy.sign_on.deny_access",
    "policy.auth_reevaluate.*",
    "system.push.*",
    "system.sms.send_factor_verify_message",
    "system.sms.send_okta_push_verify_message",
    "system.voice.send_call",
    "system.voice.send_mfa_challenge_call",
    "user.authentication.*",
    "user.identity_verification", "user.identity_verification.*",
    "user.mfa.okta_verify", "user.mfa.okta_verify.*",
    "user.session.*",
  },

  cloudaudit = {
    "access.*", "account.*", "application.*", "certification.*", "credential.*", "device.*", "directory.*",
    "entitlement.*", "group.*", "iam.*", "oauth2.*", "pam.*", "pki.*", "policy.*", "resource.*",
    "resource_servers.*", "security.*", "system.*", "task.*", "user.*", "zone.*",
    "user.session.impersonation.extend",
    "user.session.impersonation.grant",
    "user.session.impersonation.revoke",
  },

  -- Exceptions to the families above: findings, and what the service does by itself.
  generic = {
    "application.provision.*",
    "security.attack.*",
    "security.breached_credential.detected",
    "security.threat.detected",
    "system.agent.*", "system.client.*", "system.email.*", "system.import.*", "system.operation.*",
    "system.org.rate_limit.*", "system.sms.*", "system.voice.*",
    "user.mfa.attempt_bypass",
    "user.risk.detect",
  },
}
