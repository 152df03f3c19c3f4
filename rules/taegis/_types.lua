-- Which event type goes where. The rules name these lists in their `when`; move a type to send it elsewhere.
-- Listed types follow Taegis's page about Okta. All others are "unlisted": docs/taegis.md.

return {
  -- auth: somebody signs in, signs off or proves who they are, and what decides about it.
  sign_in = {
    "app.oauth2.as.authorize.code",
    "app.oauth2.as.token.grant.access_token",
    "app.oauth2.as.token.grant.id_token",
    "app.oauth2.as.token.grant.refresh_token",
    "inline_hook.response.processed",
    "policy.lifecycle.activate",
    "policy.lifecycle.create",
    "policy.lifecycle.deactivate",
    "policy.lifecycle.update",
    "policy.rule.add",
    "policy.rule.deactivate",
    "policy.rule.update",
    "user.authentication.auth_via_mfa",
    "user.authentication.verify",
    "user.session.end",
    "user.session.start",
  },

  -- auth: somebody changes an account, their own or another's. The record is about the user among the targets.
  account = {
    "system.sms.send_phone_verification_message",
    "system.voice.send_phone_verification_call",
    "user.account.privilege.grant",
    "user.account.reset_password",
    "user.account.update_profile",
    "user.mfa.factor.activate",
    "user.mfa.factor.deactivate",
    "user.mfa.factor.reset_all",
    "user.session.clear",
  },

  -- auth and generic: Taegis's page lists these under both. The setting "duplicates" decides.
  twice = { "policy.evaluate_sign_on", "user.account.update_password", "user.authentication.sso" },

  cloudaudit = {
    "application.user_membership.add",
    "application.user_membership.change_password",
    "application.user_membership.remove",
    "system.api_token.create",
    -- Taegis's page has the first spelling; Okta's catalogue only has the second.
    "system.api_token.create.revoke",
    "system.api_token.revoke",
    "user.lifecycle.activate",
    "user.lifecycle.create",
    "user.lifecycle.deactivate",
    "user.session.access_admin_app",
  },

  generic = {
    "application.provision.user.sync",
    "group.user_membership.add",
    "group.user_membership.remove",
    "policy.evaluate_sign_on",
    "system.import.complete",
    "system.import.start",
    "user.account.report_suspicious_activity_by_enduser",
    "user.account.update_password",
    "user.authentication.authenticate",
    "user.authentication.sso",
    "user.credential.enroll",
    "user.lifecycle.delete.initiated",
    "user.lifecycle.reactivate",
    "user.lifecycle.suspend",
    "user.lifecycle.unsuspend",
  },
}
