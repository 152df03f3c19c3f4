# SPDX-License-Identifier: Apache-2.0
"""catalogue - the event types that the generator makes, one row each.

Lives here: names, texts, who acts, on what, and which outcomes are usual.  Not here: how an event
is written (events.py), the people and places in it (cast.py).
"""

from dataclasses import dataclass

SIGN_IN = (("SUCCESS", None, 80), ("FAILURE", "INVALID_CREDENTIALS", 14), ("FAILURE", "LOCKED_OUT", 3),
           ("FAILURE", "VERIFICATION_ERROR", 3))
POLICY = (("ALLOW", "Sign-on policy evaluation resulted in ALLOW", 70),
          ("CHALLENGE", "Sign-on policy evaluation resulted in CHALLENGE", 20),
          ("DENY", "Sign-on policy evaluation resulted in DENY", 8), ("UNKNOWN", None, 2))
FACTOR = (("SUCCESS", None, 80), ("FAILURE", "INVALID_CREDENTIALS", 10),
          ("FAILURE", "User rejected Okta push verify", 5), ("CHALLENGE", None, 3), ("UNANSWERED", None, 2))
PLAIN = (("SUCCESS", None, 94), ("FAILURE", "Permission denied", 6))
SENT = (("SUCCESS", None, 88), ("DENY", "Blocked: toll fraud suspected", 8), ("FAILURE", "Carrier error", 4))
ALARM = (("DENY", "Anonymizing Proxy, Password Spray", 60), ("ALLOW", "Login failures", 40))
LIMIT = (("RATE_LIMIT", "Rate limit exceeded", 70), ("UNKNOWN", None, 30))
DONE = (("SUCCESS", None, 97), ("SKIPPED", "Nothing to do", 3))

Outcomes = tuple[tuple[str, str | None, int], ...]


@dataclass(frozen=True)
class EventType:
    """One row: `actor` and `targets` name the cast, `debug` a family of debugData, `weight` its share of the stream."""

    name: str
    message: str
    legacy: str | None
    actor: str
    targets: tuple[str, ...]
    outcomes: Outcomes
    debug: str
    weight: int = 4
    severity: str = "INFO"
    transaction: str = "WEB"


def _row(name: str, message: str, legacy: str | None, actor: str, targets: str, outcomes: Outcomes,
         debug: str, **more: object) -> EventType:
    return EventType(name, message, legacy, actor, tuple(targets.split()), outcomes, debug, **more)  # type: ignore[arg-type]


MISSION: tuple[EventType, ...] = (
    _row("app.oauth2.as.authorize.code", "OAuth2 authorization code request", "app.oauth2.as.authorize.code_success",
         "User", "PublicClientApp code User", PLAIN, "oauth", weight=12),
    _row("app.oauth2.as.token.grant.access_token", "OAuth2 access token is granted",
         "app.oauth2.as.token.grant.access_token_success", "PublicClientApp", "access_token User", PLAIN, "oauth", weight=20),
    _row("app.oauth2.as.token.grant.id_token", "OAuth2 id token is granted",
         "app.oauth2.as.token.grant.id_token_success", "PublicClientApp", "id_token User", PLAIN, "oauth", weight=12),
    _row("app.oauth2.as.token.grant.refresh_token", "OAuth2 refresh token is granted",
         "app.oauth2.as.token.grant.refresh_token_success", "PublicClientApp", "refresh_token User", PLAIN, "oauth"),
    _row("inline_hook.response.processed", "Inline hook response processed", None, "SystemPrincipal",
         "inlinehook", PLAIN, "hook"),
    _row("policy.evaluate_sign_on", "Evaluation of sign-on policy", "policy.evaluate_sign_on", "User",
         "User AppInstance PolicyEntity PolicyRule", POLICY, "signon", weight=80),
    _row("policy.lifecycle.activate", "Activate policy", "policy.activated", "User", "PolicyEntity", PLAIN, "admin"),
    _row("policy.lifecycle.create", "Create policy", "policy.created", "User", "PolicyEntity", PLAIN, "admin"),
    _row("policy.lifecycle.deactivate", "Deactivate policy", "policy.deactivated", "User", "PolicyEntity", PLAIN, "admin"),
    _row("policy.lifecycle.update", "Update policy", "policy.updated", "User", "PolicyEntity+", PLAIN, "admin"),
    _row("policy.rule.add", "Add policy rule", "policy.rule.add", "User", "PolicyRule PolicyEntity", PLAIN, "admin"),
    _row("policy.rule.deactivate", "Deactivate policy rule", "policy.rule.deactivated", "User",
         "PolicyRule PolicyEntity", PLAIN, "admin"),
    _row("policy.rule.update", "Update policy rule", "policy.rule.updated", "User", "PolicyRule+ PolicyEntity", PLAIN, "admin"),
    _row("user.account.privilege.grant", "Grant user privilege", "core.user.admin_privilege.granted", "User",
         "User", PLAIN, "privilege"),
    _row("user.account.reset_password", "User reset password for Okta (by admin)",
         "core.user.config.password_reset.success", "User", "User", PLAIN, "admin"),
    _row("user.account.update_password", "User update password for Okta", "core.user.config.password_update.success",
         "User", "User", PLAIN, "account"),
    _row("user.account.update_profile", "Update user profile for Okta", "core.user.config.profile_update.success",
         "User", "User+", PLAIN, "account", weight=15),
    _row("user.authentication.auth_via_mfa", "Authentication of user via MFA", "core.user.factor.attempt_success",
         "User", "User AuthenticatorEnrollment", FACTOR, "factor", weight=70),
    _row("user.authentication.sso", "User single sign on to app", "app.auth.sso", "User",
         "AppInstance AppUser AuthenticatorEnrollment", PLAIN, "sso", weight=110),
    _row("user.authentication.verify", "Verify user identity", "core.user_auth.verify", "User",
         "User AuthenticatorEnrollment", FACTOR, "factor", weight=15),
    _row("user.mfa.factor.activate", "Activate factor or authenticator enrollment method for user",
         "core.user.factor.activate", "User", "User AuthenticatorEnrollment", PLAIN, "factor"),
    _row("user.mfa.factor.deactivate", "Reset factor or authenticator enrollment method for user",
         "core.user.factor.deactivate", "User", "User AuthenticatorEnrollment", PLAIN, "factor"),
    _row("user.mfa.factor.reset_all", "Reset all factors or authenticator enrollments for user",
         "core.user.factor.reset_all", "User", "User", PLAIN, "admin"),
    _row("user.session.clear", "Clear user session", "core.user.session.clear", "User", "User", PLAIN, "admin"),
    _row("user.session.end", "User logout from Okta", "core.user_auth.logout_success", "User", "", PLAIN, "signon", weight=30),
    _row("user.session.start", "User login to Okta", "core.user_auth.login_success", "User",
         "AuthenticatorEnrollment AppInstance", SIGN_IN, "signon", weight=100),
    _row("system.sms.send_phone_verification_message", "Send phone verification SMS message",
         "core.sms.send_phone_verification_message", "SystemPrincipal", "User", SENT, "phone"),
    _row("system.voice.send_phone_verification_call", "Send phone verification call",
         "core.voice.send_phone_verification_call", "SystemPrincipal", "User", SENT, "phone"),
    _row("system.api_token.create", "Create API token", "api.token.create", "User", "Token", PLAIN, "admin"),
    _row("system.api_token.create.revoke", "Revoke API token", "api.token.revoke", "User", "Token", PLAIN, "admin"),
    _row("application.user_membership.add", "Add user to application membership",
         "app.generic.provision.assign_user_to_app", "User", "AppUser AppInstance User", PLAIN, "app", weight=15),
    _row("application.user_membership.change_password", "Change application password for user",
         "app.user_membership.change_password", "User", "AppUser AppInstance User", PLAIN, "app"),
    _row("application.user_membership.remove", "Remove user's application membership",
         "app.generic.provision.deactivate_user_from_app", "User", "AppUser AppInstance User", PLAIN, "app", weight=10),
    _row("user.session.access_admin_app", "User accessing Okta admin app", "app.admin.sso.login.success", "User",
         "AppInstance AppUser", PLAIN, "sso"),
    _row("user.lifecycle.activate", "Activate Okta user", "core.user.config.user_activated", "User", "User", PLAIN, "admin"),
    _row("user.lifecycle.create", "Create Okta user", "core.user.config.user_creation.success", "User", "User", PLAIN, "admin"),
    _row("user.lifecycle.deactivate", "Deactivate Okta user", "core.user.config.user_deactivated", "User", "User", PLAIN, "admin"),
    _row("application.provision.user.sync", "Sync user in external application", "app.user_management.user_sync",
         "SystemPrincipal", "AppUser AppInstance User", DONE, "job", transaction="JOB", weight=15),
    _row("group.user_membership.add", "Add user to group membership", "core.user_group_member.user_add", "User",
         "User UserGroup", PLAIN, "admin", weight=20),
    _row("group.user_membership.remove", "Remove user from group membership", "core.user_group_member.user_remove",
         "User", "User UserGroup", PLAIN, "admin", weight=12),
    _row("system.import.complete", "Import process complete", "app.user_management.import.complete",
         "SystemPrincipal", "AppInstance", DONE, "job", transaction="JOB"),
    _row("system.import.start", "Import process started", "app.user_management.import.start", "SystemPrincipal",
         "AppInstance", DONE, "job", transaction="JOB"),
    _row("user.account.report_suspicious_activity_by_enduser", "User report suspicious activity",
         "core.user.account.report_suspicious_activity_by_enduser", "User", "User", PLAIN, "suspicious", severity="WARN"),
    _row("user.authentication.authenticate", "Authentication via device trust certificate", None, "User",
         "User Device", SIGN_IN, "device"),
    _row("user.credential.enroll", "Device Trust certificate enrollment", None, "User", "User Device", PLAIN, "device"),
    _row("user.lifecycle.delete.initiated", "Delete Okta user initiated", "core.user.config.user_delete_initiated",
         "User", "User", PLAIN, "admin"),
    _row("user.lifecycle.reactivate", "Reactivate Okta user", "core.user.config.user_reactivated", "User", "User", PLAIN, "admin"),
    _row("user.lifecycle.suspend", "Suspend Okta user", "core.user.config.user_suspended", "User", "User", PLAIN, "admin"),
    _row("user.lifecycle.unsuspend", "Unsuspend Okta user", "core.user.config.user_unsuspended", "User", "User", PLAIN, "admin"),
)

OTHERS: tuple[EventType, ...] = (
    _row("system.api_token.revoke", "Revoke API token", "api.token.revoke", "User", "Token", PLAIN, "admin"),
    _row("user.account.lock", "Max sign in attempts exceeded", "core.user_auth.account_locked", "User", "",
         (("FAILURE", "LOCKED_OUT", 1),), "signon", severity="WARN"),
    _row("user.account.unlock", "Auto-unlock user account for Okta", "core.user.account_unlocked", "SystemPrincipal",
         "User", PLAIN, "account"),
    _row("user.account.privilege.revoke", "All of user's admin privilege revoked", "core.user.admin_privilege.revoked",
         "User", "User", PLAIN, "privilege"),
    _row("group.privilege.grant", "Grant group admin privilege", "group.privilege.grant", "User", "UserGroup", PLAIN, "privilege"),
    _row("group.lifecycle.create", "Create Okta group", "core.user_group.create", "User", "UserGroup", PLAIN, "admin"),
    _row("group.lifecycle.delete", "Delete Okta group", "core.user_group.delete", "User", "UserGroup", PLAIN, "admin"),
    _row("application.lifecycle.create", "Create application", "app.created", "User", "AppInstance", PLAIN, "app"),
    _row("application.lifecycle.update", "Update application", "app.updated", "User", "AppInstance+", PLAIN, "app"),
    _row("application.lifecycle.deactivate", "Deactivate application", "app.inactivated", "User", "AppInstance", PLAIN, "app"),
    _row("zone.create", "Create network zone", "network_zone.created", "User", "NetworkZone", PLAIN, "admin"),
    _row("zone.update", "Update network zone", "network_zone.updated", "User", "NetworkZone+", PLAIN, "admin"),
    _row("security.threat.detected", "Request from suspicious actor", "security.threat.detected", "User", "", ALARM,
         "threat", severity="WARN"),
    _row("user.risk.detect", "User risk detected", None, "User", "User", ALARM, "threat", severity="WARN"),
    _row("user.session.impersonation.initiate", "Initiate impersonation session",
         "core.user.impersonation.session.initiated", "User", "User", PLAIN, "admin", severity="WARN"),
    _row("system.org.rate_limit.warning", "Rate limit warning", "core.framework.ratelimit.warning", "SystemPrincipal",
         "URL", LIMIT, "limit", severity="WARN"),
    _row("system.org.rate_limit.violation", "Rate limit violation", "core.framework.ratelimit.exceeded",
         "SystemPrincipal", "URL", LIMIT, "limit", severity="WARN"),
    _row("core.concurrency.org.limit.violation", "Too many requests in flight", None, "SystemPrincipal", "", (), "limit",
         severity="WARN"),
    _row("system.email.send_factor_verify_message", "Send self-service verification email",
         "core.email.send_factor_verify_message", "SystemPrincipal", "User", SENT, "phone"),
    _row("system.email.delivery", "Email delivery status updated", None, "SystemPrincipal", "User", SENT, "phone", weight=12),
    _row("app.oauth2.token.grant.access_token", "OIDC access token is granted",
         "app.oauth2.token.grant.access_token_success", "PublicClientApp", "access_token", PLAIN, "oauth", weight=10),
    _row("app.generic.unauth_app_access_attempt", "User attempted unauthorized access to app",
         "app.generic.unauth_app_access_attempt", "User", "AppInstance", (("FAILURE", "User not assigned", 1),), "sso",
         severity="WARN"),
    _row("system.agent.ad.connect", "Connect AD agent to Okta", "system.agent.ad.connect", "SystemPrincipal",
         "AppInstance", PLAIN, "job", transaction="JOB"),
    _row("device.enrollment.create", "Device enrolled", None, "User", "Device", PLAIN, "device"),
    _row("iam.role.create", "Custom admin role created", None, "User", "ROLE", PLAIN, "admin"),
    _row("system.idp.lifecycle.create", "Create identity provider", "core.idp.lifecycle.create", "User",
         "IdentityProvider", PLAIN, "admin"),
    _row("user.authentication.auth_via_IDP", "Authenticate user via IDP", "core.user_auth.idp.success", "User",
         "AppInstance AppUser", SIGN_IN, "signon"),
    _row("user.authentication.auth_via_radius", "Authentication of user via Radius", "app.radius.authenticate",
         "User", "AppInstance", SIGN_IN, "radius"),
    _row("policy.rule.delete", "Delete policy rule", "policy.rule.deleted", "User", "PolicyRule PolicyEntity", PLAIN, "admin"),
    _row("event_hook.delivery", "Event hook delivery failed", None, "SystemPrincipal", "eventhook",
         (("FAILURE", "Timeout", 1),), "hook", severity="ERROR"),
)

ALL: tuple[EventType, ...] = MISSION + OTHERS
