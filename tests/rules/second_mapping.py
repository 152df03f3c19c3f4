#!/usr/bin/python3
# second_mapping.py - Okta events to Taegis records, a second time and in other words.
#
#   second_mapping.py [NAME=VALUE...] < events.ndjson > records.ndjson
#
# Lives here: the mapping as its description has it, written without looking at the rule files, so that the rules and
# this can disagree. Values of the context are those of `weir test`.
# Not here: the engine's words, schemas, or any code of rules/.
# SPDX-License-Identifier: Apache-2.0
"""The expected records of the Taegis pack."""

import hashlib
import os
import re
import sys

import yaml

import source_json
from okta_event import (actor_if, address, as_address, domain_of, fidelity, id_of, known, microseconds, name_of, obj, target,
                        target_user, targets, text, text_map)
from source_json import Number, compact

ORG_HOST = "example.okta.com"
RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "rules")

# ---- which schema ----------------------------------------------------------------------------------------------

# type: subject of the record (A the actor, T the user among the targets), action on success, on failure, on challenge
AUTH = {
    "app.oauth2.as.authorize.code": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.token.grant.access_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.token.grant.id_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.token.grant.refresh_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "inline_hook.response.processed": ("A", "HOOK_PROCESSED", "HOOK_FAILED"),
    "policy.evaluate_sign_on": ("A", "POLICY_ALLOW", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "policy.lifecycle.activate": ("A", "POLICY_CHANGE", "POLICY_CHANGE_FAILURE"),
    "policy.lifecycle.create": ("A", "POLICY_CHANGE", "POLICY_CHANGE_FAILURE"),
    "policy.lifecycle.deactivate": ("A", "POLICY_CHANGE", "POLICY_CHANGE_FAILURE"),
    "policy.lifecycle.update": ("A", "POLICY_CHANGE", "POLICY_CHANGE_FAILURE"),
    "policy.rule.add": ("A", "POLICY_CHANGE", "POLICY_CHANGE_FAILURE"),
    "policy.rule.deactivate": ("A", "POLICY_CHANGE", "POLICY_CHANGE_FAILURE"),
    "policy.rule.update": ("A", "POLICY_CHANGE", "POLICY_CHANGE_FAILURE"),
    "user.account.privilege.grant": ("T", "PRIVILEGE_GRANT", "PRIVILEGE_GRANT_FAILURE"),
    "user.account.reset_password": ("T", "PASSWORD_RESET", "PASSWORD_RESET_FAILURE"),
    "user.account.update_password": ("T", "PASSWORD_CHANGE", "PASSWORD_CHANGE_FAILURE"),
    "user.account.update_profile": ("T", "ACCOUNT_CHANGE", "ACCOUNT_CHANGE_FAILURE"),
    "user.authentication.auth_via_mfa": ("A", "MFA_SUCCESS", "MFA_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.sso": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.verify": ("A", "MFA_SUCCESS", "MFA_FAILURE", "MFA_CHALLENGE"),
    "user.mfa.factor.activate": ("T", "MFA_ENROLL", "MFA_ENROLL_FAILURE"),
    "user.mfa.factor.deactivate": ("T", "MFA_RESET", "MFA_RESET_FAILURE"),
    "user.mfa.factor.reset_all": ("T", "MFA_RESET", "MFA_RESET_FAILURE"),
    "user.session.clear": ("T", "LOGOFF", "LOGOFF_FAILURE"),
    "user.session.end": ("A", "LOGOFF", "LOGOFF_FAILURE"),
    "user.session.start": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "system.sms.send_phone_verification_message": ("T", "MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"),
    "system.voice.send_phone_verification_call": ("T", "MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"),
}
TWICE = {"policy.evaluate_sign_on", "user.account.update_password", "user.authentication.sso"}
CLOUDAUDIT = """
    system.api_token.create system.api_token.create.revoke system.api_token.revoke
    application.user_membership.add application.user_membership.change_password application.user_membership.remove
    user.session.access_admin_app user.lifecycle.activate user.lifecycle.create user.lifecycle.deactivate
""".split()
GENERIC = """
    application.provision.user.sync group.user_membership.add group.user_membership.remove policy.evaluate_sign_on
    system.import.complete system.import.start user.account.report_suspicious_activity_by_enduser
    user.account.update_password user.authentication.authenticate user.credential.enroll user.lifecycle.delete.initiated
    user.lifecycle.reactivate user.lifecycle.suspend user.lifecycle.unsuspend user.authentication.sso
""".split()

# With unlisted=auto: where types of no list go. All that go to auth, and a few of the family that goes to cloudaudit;
# what is not here goes to generic.
AUTO_AUTH = {
    "app.generic.unauth_app_access_attempt": ("A", "UNKNOWN", "LOGON_FAILURE"),
    "app.inbound_del_auth.login_success": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "app.oauth2.as.authorize": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.authorize.implicit.access_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.authorize.implicit.id_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.authorize.scope_denied": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.interact.interaction_code": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.interact.interaction_handle": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.token.grant": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.token.grant.device_secret": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.as.token.grant.interclient_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.authorize": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.authorize.code": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.authorize.implicit.access_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.authorize.implicit.id_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.interact.interaction_code": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.interact.interaction_handle": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.invalid_client_credentials": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.signon": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "app.oauth2.token.grant": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.access_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.id_jag": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.id_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.interclient_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.oauth_sts": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.refresh_token": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.service_account": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "app.oauth2.token.grant.vaulted_secret": ("A", "TOKEN_GRANT", "TOKEN_DENIED"),
    "application.policy.sign_on.deny_access": ("A", "UNKNOWN", "LOGON_FAILURE"),
    "policy.auth_reevaluate.action": ("A", "UNKNOWN", "UNKNOWN"),
    "policy.auth_reevaluate.enforce": ("A", "UNKNOWN", "UNKNOWN"),
    "policy.auth_reevaluate.fail": ("A", "UNKNOWN", "UNKNOWN"),
    "system.push.send_factor_verify_push": ("A", "MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"),
    "system.sms.send_factor_verify_message": ("A", "MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"),
    "system.sms.send_okta_push_verify_message": ("A", "MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"),
    "system.voice.send_call": ("A", "MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"),
    "system.voice.send_mfa_challenge_call": ("A", "MFA_CHALLENGE", "MFA_CHALLENGE_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_identifier_not_in_policy": ("A", "UNKNOWN", "UNKNOWN"),
    "user.authentication.auth_unconfigured_identifier": ("A", "UNKNOWN", "UNKNOWN"),
    "user.authentication.auth_via_AD_agent": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_IDP": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_LDAP_agent": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_inbound_SAML": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_inbound_delauth": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_iwa": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_radius": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_richclient": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.auth_via_social": ("A", "LOGON", "LOGON_FAILURE", "MFA_CHALLENGE"),
    "user.authentication.dsso_via_non_priority_source": ("A", "UNKNOWN", "UNKNOWN"),
    "user.authentication.slo": ("A", "LOGOFF", "LOGOFF_FAILURE"),
    "user.authentication.universal_logout": ("A", "LOGOFF", "LOGOFF_FAILURE"),
    "user.authentication.universal_logout.scheduled": ("A", "LOGOFF", "LOGOFF_FAILURE"),
    "user.identity_verification": ("A", "UNKNOWN", "UNKNOWN"),
    "user.identity_verification.start": ("A", "UNKNOWN", "UNKNOWN"),
    "user.mfa.okta_verify": ("A", "MFA_SUCCESS", "MFA_FAILURE", "MFA_CHALLENGE"),
    "user.mfa.okta_verify.deny_push": ("A", "MFA_SUCCESS", "MFA_FAILURE", "MFA_CHALLENGE"),
    "user.mfa.okta_verify.deny_push_upgrade_needed": ("A", "MFA_SUCCESS", "MFA_FAILURE", "MFA_CHALLENGE"),
    "user.session.context.change": ("A", "UNKNOWN", "UNKNOWN"),
    "user.session.expire": ("A", "LOGOFF", "LOGOFF_FAILURE"),
    "user.session.impersonation.end": ("A", "UNKNOWN", "UNKNOWN"),
    "user.session.impersonation.initiate": ("A", "UNKNOWN", "UNKNOWN"),
}
AUTO_CLOUDAUDIT = """
    access.request.create account.org.add application.lifecycle.update certification.campaign.launch
    credential.register device.user.add directory.user_profile.update entitlement.migration.complete
    group.lifecycle.create group.privilege.grant iam.role.update oauth2.as.created pam.server.enroll pki.cert.issue
    policy.rule.delete resource.entitlement.update resource_servers.api_server.activate
    security.authenticator.lifecycle.activate system.api_token.update system.idp.lifecycle.create
    task.lifecycle.create user.account.lock user.lifecycle.delete.completed user.session user.session.impersonation.extend
    user.session.impersonation.grant user.session.impersonation.revoke zone.update
""".split()


def schemas_of(event, settings):
    """The schemas of one event, in the order of their records."""
    kind = event.get("eventType")
    kind = kind if type(kind) is str else None
    stamped = microseconds(event.get("published")) is not None and known(event.get("uuid")) is not None
    duplicates = settings.get("duplicates", "primary")
    if kind in TWICE:
        if duplicates == "generic-only":
            return ["generic"]
        fits = stamped and (duplicates == "auth-only" or has_auth_minimum(event))
        if duplicates == "both" and fits:
            return ["auth", "generic"]
        return ["auth"] if fits else ["generic"]
    if kind in AUTH:
        return ["auth"] if stamped else ["generic"]
    if kind in CLOUDAUDIT:
        return ["cloudaudit"] if stamped else ["generic"]
    unlisted = settings.get("unlisted", "generic")
    if unlisted == "auto" and kind not in GENERIC and stamped:
        return ["auth"] if kind in AUTO_AUTH else ["cloudaudit"] if kind in AUTO_CLOUDAUDIT else ["generic"]
    return ["generic"] if kind in GENERIC or unlisted != "drop" else []


def has_auth_minimum(event):
    kind, actor, outcome = event["eventType"], actor_if(event, "User"), obj(event, "outcome")
    transaction = known(obj(event, "transaction").get("type"))
    if kind == "user.account.update_password":
        nameable = name_of(target_user(event)) or name_of(actor)
        interactive = transaction == "WEB" or (transaction != "JOB" and address(event) is not None)
        return bool(nameable) and interactive
    person = known(obj(actor).get("alternateId")) is not None
    judged = outcome.get("result") in ("ALLOW", "DENY", "CHALLENGE", "SUCCESS", "FAILURE")
    job = kind == "user.authentication.sso" and transaction == "JOB"
    return person and judged and address(event) is not None and not job


# ---- meaning ---------------------------------------------------------------------------------------------------


def factor_of(event):
    enrollment = target(event, "AuthenticatorEnrollment")
    used = known(obj(event, "debugContext", "debugData").get("factor"))
    if used is None:
        used = known(obj(enrollment, "detailEntry").get("methodTypeUsed"))
    if used is None:
        # Other credential types (JWT, ASSERTION, OKTA_CLIENT_SESSION …) say how, not with which factor.
        credential = known(obj(event, "authenticationContext").get("credentialType"))
        used = credential if credential in ("PASSWORD", "OTP", "SMS", "EMAIL") else None
    return text(used).lower() if used is not None else None


def mfa_used(event):
    factor = factor_of(event)
    return None if factor is None else factor not in ("password", "password_as_factor")


def result_of(event):
    result = obj(event, "outcome").get("result")
    return {"SUCCESS": True, "ALLOW": True, "FAILURE": False, "DENY": False}.get(result, result) if isinstance(result, str) else None


def tokens_of(event):
    return {**AUTH, **AUTO_AUTH}[event["eventType"]]


def action_of(event):
    tokens, result = tokens_of(event), result_of(event)
    if result is True:
        by_password = event["eventType"] == "user.authentication.auth_via_mfa" and mfa_used(event) is False
        return "LOGON" if by_password else tokens[1]
    if result is False:
        return tokens[2]
    return tokens[3] if result == "CHALLENGE" and len(tokens) > 3 else "UNKNOWN"


def application_of(event):
    client, instance = actor_if(event, "PublicClientApp"), target(event, "AppInstance")
    debug = obj(event, "debugContext", "debugData")
    candidates = [known(obj(where).get(k)) for where in (client, instance) for k in ("displayName", "alternateId")]
    candidates += [known(debug.get(k)) for k in ("appname", "AppName")]
    return next((text(c) for c in candidates if c is not None), "Okta")


def subject_of(event):
    by_oneself = actor_if(event, "User") if tokens_of(event)[0] == "A" else None
    return by_oneself or target_user(event) or event.get("actor")


def same_person(a, b):
    if id_of(a) is not None and id_of(b) is not None:
        return id_of(a) == id_of(b)
    return name_of(a) is not None and name_of(a) == name_of(b)


def summary_of(event):
    line = text(known(event.get("displayMessage"))) or text(known(event.get("eventType")))
    result, reason = (text(known(obj(event, "outcome").get(k))) for k in ("result", "reason"))
    who = name_of(event.get("actor"))
    if line is None:
        return None
    if who:
        line += f": {who}"
    if result:
        line += f" ({result}, {reason})" if reason else f" ({result})"
    return line.encode()[:512].decode(errors="ignore")


# ---- records ---------------------------------------------------------------------------------------------------


def records(line, settings):
    """The records of one event's source text."""
    event = obj(source_json.read(line))
    for schema in schemas_of(event, settings):
        build = {"auth": auth, "cloudaudit": cloudaudit, "generic": generic}[schema]
        yield ordered(tidy({**stamp(event), **build(event, settings), **base(line, event, schema, settings)}), schema)


def tidy(value):
    """Without what is absent, and without the objects that are empty then."""
    if isinstance(value, dict):
        kept = {k: tidy(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v is not None and v != {}}
    return [tidy(v) for v in value] if isinstance(value, list) else value


def stamp(event):
    return {"event_time_usec": microseconds(event.get("published")), "sensor_event_id": text(known(event.get("uuid")))}


def base(line, event, schema, settings):
    tenant, when, uuid = settings.get("tenant_id"), microseconds(event.get("published")), text(known(event.get("uuid")))
    digest = hashlib.sha256(f"{schema}\n{uuid}".encode()).hexdigest()[:32]
    complete = None not in (tenant, when, uuid)
    return {
        "resource_id": f"event://priv:scwx.{schema}:{tenant}:{when // 1000}:{digest}" if complete else None,
        "tenant_id": tenant,
        "normalizer": "weir/test",
        "sensor_type": "OKTA",
        "sensor_tenant": ORG_HOST,
        "sensor_id": "test",
        "sensor_cpe": "cpe:2.3:a:okta:okta:-:*:*:*:*:*:*:*",
        "host_id": text(known(obj(event, "device").get("id"))),
        "event_time_fidelity": fidelity(event["published"]) if when is not None else None,
        "ingest_time_usec": 0,
        "event_metadata": {"record": metadata(event, schema) or None},
        "original_data": line,
    }


def integer(value):
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value, re.ASCII) and -(2**63) <= int(value) < 2**64:
        return int(value)
    return None


def number(value):
    return Number(value) if isinstance(value, str) and source_json.NUMBER.fullmatch(value) else None


def geo(event):
    place, security = obj(event, "client", "geographicalContext"), obj(event, "securityContext")
    country = place.get("country")
    return {
        "city": {"name": text(known(place.get("city")))},
        "location": {
            "latitude": number(obj(place, "geolocation").get("lat")),
            "longitude": number(obj(place, "geolocation").get("lon")),
        },
        "country": {"iso_code": countries().get(country) if isinstance(country, str) else None},
        "asn": {
            "autonomous_system_no": integer(security.get("asNumber")),
            "autonomous_system_org": text(known(security.get("asOrg"))),
        },
    }


def countries(cache={}):
    if not cache:
        with open(os.path.join(RULES, "taegis", "countries.yaml"), encoding="utf-8") as file:
            cache.update(yaml.safe_load(file))
    return cache


def auth(event, settings):
    subject, actor = subject_of(event), event.get("actor")
    outcome, source = obj(event, "outcome"), None
    if not same_person(actor, subject):
        source = actor
    provider = known(obj(event, "authenticationContext").get("authenticationProvider"))
    return {
        "action": action_of(event),
        "auth_system": text(provider) if settings.get("auth_system") == "provider" and provider else "Okta",
        "application_name": application_of(event),
        "mfa_used": mfa_used(event),
        "target_user_name": name_of(subject),
        "target_user_id": id_of(subject),
        "target_domain_name": domain_of(subject),
        "target_host_name": ORG_HOST,
        "source_user_name": name_of(source),
        "source_user_id": id_of(source),
        "source_domain_name": domain_of(source),
        "source_address": address(event),
        "source_host_name": text(known(obj(event, "device").get("name"))),
        "user_agent": text(known(obj(event, "client", "userAgent").get("rawUserAgent"))),
        "source_address_geo_summary": geo(event),
        "extra_status": text(known(outcome.get("result"))),
        "extra_failurereason": text(known(outcome.get("reason"))) if result_of(event) is False else None,
        "extra_logontype": text(known(obj(event, "transaction").get("type"))),
    }


def resource_of(event):
    kinds = ("Token", "AppInstance", "AppUser", "User")
    if event["eventType"].startswith("user.lifecycle."):
        kinds = ("User", "AppUser")
    return target(event, *kinds) or (targets(event) or [None])[0]


def cloudaudit(event, settings):
    actor, outcome, resource = obj(event, "actor"), obj(event, "outcome"), resource_of(event)
    failed = result_of(event) is False
    request = event.get("target")
    return {
        "event_name": event["eventType"],
        "event_type": ".".join(event["eventType"].split(".")[:2]),
        "event_source": "okta",
        "account_id": ORG_HOST,
        "user_name": name_of(actor),
        "user_id": id_of(actor),
        "user_type": text(known(actor.get("type"))),
        "mfa_used": mfa_used(event),
        "source_address": address(event),
        "user_agent": text(known(obj(event, "client", "userAgent").get("rawUserAgent"))),
        "source_address_geo_summary": geo(event),
        "resource_name": name_of(resource),
        "resource_type": text(known(obj(resource).get("type"))),
        "resource_uid": id_of(resource),
        "status": text(known(outcome.get("result"))),
        "error_code": text(known(outcome.get("result"))) if failed else None,
        "error_message": text(known(outcome.get("reason"))) if failed else None,
        "request_parameters": compact(request) if request is not None else None,
    }


def generic(event, settings):
    return {"hostname": ORG_HOST, "summary": summary_of(event)}


# ---- event_metadata --------------------------------------------------------------------------------------------

# Keys that copy one member: prefix, where the members are, and `key` or `key=member` of each.
PLAIN = (
    ("okta", "", "event_type=eventType legacy_event_type=legacyEventType display_message=displayMessage severity version"),
    ("okta.outcome", "outcome", "result reason"),
    ("okta.actor", "actor", "id type alternate_id=alternateId display_name=displayName"),
    ("okta.client", "client", "device zone id"),
    ("okta.client", "client.userAgent", "os browser"),
    ("okta.geo", "client.geographicalContext", "city state country postal_code=postalCode"),
    ("okta.security", "securityContext", "isp domain is_proxy=isProxy as_number=asNumber as_org=asOrg"),
    ("okta.transaction", "transaction", "id type"),
    ("okta.transaction", "transaction.detail", "request_api_token_id=requestApiTokenId"),
    ("okta.session", "authenticationContext", "external_id=externalSessionId root_id=rootSessionId"),
    ("okta.authn", "authenticationContext", "provider=authenticationProvider step=authenticationStep interface"),
    ("okta.authn", "authenticationContext", "credential_provider=credentialProvider credential_type=credentialType"),
    ("okta.authn", "authenticationContext.issuer", "issuer_id=id"),
    ("okta.debug", "debugContext.debugData", "request_uri=requestUri url dt_hash=dtHash factor"),
    ("okta.debug", "debugContext.debugData", "device_fingerprint=deviceFingerprint threat_suspected=threatSuspected"),
    ("okta.debug", "debugContext.debugData", "log_only_security_data=logOnlySecurityData"),
    ("okta.debug", "debugContext.debugData", "privilege_granted=privilegeGranted"),
    ("okta.debug", "debugContext.debugData", "grant_type=grantType granted_scopes=grantedScopes"),
    ("okta.device", "device", "id name managed registered"),
)
SUSPICIOUS = {
    "event_id": "EventId", "event_type": "EventType", "event_ip": "EventIp", "transaction_id": "EventTransactionId",
    "city": "EventCity", "state": "EventState", "country": "EventCountry", "latitude": "EventLatitude",
    "longitude": "EventLongitude", "browser": "Browser", "os": "Os", "time": "Timestamp",
}


def metadata(event, schema):
    """Pairs of event_metadata, by key; those of the targets by attribute and then by place."""
    pairs = {}
    for prefix, path, names in PLAIN:
        place = obj(event, *path.split(".")) if path else event
        for name in names.split():
            key, _, member = name.partition("=")
            pairs[prefix + "." + key] = known(place.get(member or key))

    debug, device, client = obj(event, "debugContext", "debugData"), obj(event, "device"), obj(event, "client")
    chain = obj(event, "request").get("ipChain")
    hops = [obj(hop).get("ip") for hop in chain] if isinstance(chain, list) else []
    risk, behaviors = text_map(debug.get("risk")), text_map(debug.get("behaviors"))
    platform = known(device.get("os_platform"))
    pairs.update({
        "okta.published": known(event.get("published")) if microseconds(event.get("published")) is None else None,
        "okta.client.ip_address": known(client.get("ipAddress")) if as_address(client.get("ipAddress")) is None else None,
        "okta.ip_chain": ",".join(text(h) for h in hops if h is not None and not isinstance(h, (dict, list))) or None,
        "okta.debug.risk_level": dict(risk).get("level") or None,
        "okta.debug.risk_reasons": dict(risk).get("reasons") or None,
        "okta.debug.behaviors_positive": ",".join(name for name, value in behaviors if value == "POSITIVE") or None,
        "okta.device.os_platform": platform if platform is not None else known(device.get("osPlatform")),
    })
    if schema != "auth":
        pairs["target_user_name"] = name_of(target_user(event))
        pairs["target_user_id"] = id_of(target_user(event))
    if schema == "generic":
        for key, member in SUSPICIOUS.items():
            pairs["okta.suspicious." + key] = known(debug.get("suspiciousActivity" + member))

    listed = [(key, text(value)) for key, value in pairs.items() if value is not None]
    places = {"type": "type", "id": "id", "alternate_id": "alternateId", "display_name": "displayName", "changes": "changeDetails"}
    keyed = [((key, -1), key, value) for key, value in listed]
    for key, member in places.items():
        for i, each in enumerate(targets(event)):
            value = obj(each).get(member)
            value = (compact(value) if value is not None else None) if key == "changes" else text(known(value))
            if value is not None:
                keyed.append(((f"okta.target.#.{key}", i), f"okta.target.{i}.{key}", value))
    keyed.sort(key=lambda entry: (entry[0][0].encode(), entry[0][1]))
    return [{"key": key, "value": value} for _, key, value in keyed]


# ---- the order of a record -------------------------------------------------------------------------------------


def ordered(record, schema, cache={}):
    """Members in the order of the schema: its own, then those it includes."""
    if schema not in cache:
        own = schema_file(schema + ".yaml")
        names = list(own["fields"]) + list(schema_file(own["include"])["fields"])
        cache[schema] = [name.split(".")[0].removesuffix("[]") for name in names]
    return dict(sorted(record.items(), key=lambda entry: cache[schema].index(entry[0])))


def schema_file(name):
    with open(os.path.join(RULES, "schemas", name), encoding="utf-8") as file:
        return yaml.safe_load(file)


def main(words):
    settings = {"tenant_id": "11000", **dict(word.split("=", 1) for word in words)}
    for line in sys.stdin.read().split("\n"):
        if line.strip():
            for record in records(line.strip(), settings):
                print(source_json.write(record))


if __name__ == "__main__":
    main(sys.argv[1:])
