-- Key/value pairs that every record carries in event_metadata: what Okta said and the schemas have no field for.
-- Only what is present is written. dtHash and rootSessionId show stolen cookies: keep them.

local okta = require "_okta"

return {
  ["okta.event_type"]         = known "eventType",
  ["okta.legacy_event_type"]  = known "legacyEventType",
  ["okta.display_message"]    = known "displayMessage",
  ["okta.severity"]           = known "severity",
  ["okta.version"]            = known "version",
  ["okta.outcome.result"]     = known "outcome.result",
  ["okta.outcome.reason"]     = known "outcome.reason",
  ["okta.published"]          = unless(okta.time, known "published"),

  ["okta.actor.id"]           = known "actor.id",
  ["okta.actor.type"]         = known "actor.type",
  ["okta.actor.alternate_id"] = known "actor.alternateId",
  ["okta.actor.display_name"] = known "actor.displayName",

  ["okta.client.device"]      = known "client.device",
  ["okta.client.zone"]        = known "client.zone",
  ["okta.client.id"]          = known "client.id",
  ["okta.client.os"]          = known "client.userAgent.os",
  ["okta.client.browser"]     = known "client.userAgent.browser",
  ["okta.client.ip_address"]  = unless(okta.client_ip, known "client.ipAddress"), -- no address
  ["okta.ip_chain"]           = join("request.ipChain[].ip", ","),

  ["okta.geo.city"]           = known "client.geographicalContext.city",
  ["okta.geo.state"]          = known "client.geographicalContext.state",
  ["okta.geo.country"]        = known "client.geographicalContext.country",
  ["okta.geo.postal_code"]    = known "client.geographicalContext.postalCode", -- text or a number

  ["okta.security.isp"]       = known "securityContext.isp",
  ["okta.security.domain"]    = known "securityContext.domain", -- of the provider, not of the user
  ["okta.security.is_proxy"]  = known "securityContext.isProxy",
  ["okta.security.as_number"] = known "securityContext.asNumber",
  ["okta.security.as_org"]    = known "securityContext.asOrg",

  ["okta.transaction.id"]     = known "transaction.id",
  ["okta.transaction.type"]   = known "transaction.type",
  ["okta.transaction.request_api_token_id"] = known "transaction.detail.requestApiTokenId",

  ["okta.session.external_id"]      = known "authenticationContext.externalSessionId",
  ["okta.session.root_id"]          = known "authenticationContext.rootSessionId",
  ["okta.authn.provider"]           = known "authenticationContext.authenticationProvider",
  ["okta.authn.step"]               = known "authenticationContext.authenticationStep",
  ["okta.authn.credential_provider"] = known "authenticationContext.credentialProvider",
  ["okta.authn.credential_type"]    = known "authenticationContext.credentialType",
  ["okta.authn.interface"]          = known "authenticationContext.interface",
  ["okta.authn.issuer_id"]          = known "authenticationContext.issuer.id",

  -- debugData is no contract: Okta changes its keys between releases, and writes maps as text.
  ["okta.debug.request_uri"]        = known "debugContext.debugData.requestUri",
  ["okta.debug.url"]                = known "debugContext.debugData.url",
  ["okta.debug.dt_hash"]            = known "debugContext.debugData.dtHash",
  ["okta.debug.device_fingerprint"] = known "debugContext.debugData.deviceFingerprint",
  ["okta.debug.factor"]             = known "debugContext.debugData.factor",
  ["okta.debug.threat_suspected"]   = known "debugContext.debugData.threatSuspected",
  ["okta.debug.risk_level"]         = textmap("debugContext.debugData.risk", "level"),
  ["okta.debug.risk_reasons"]       = textmap("debugContext.debugData.risk", "reasons"),
  ["okta.debug.behaviors_positive"] = textmap_names("debugContext.debugData.behaviors", "POSITIVE", ","),
  ["okta.debug.log_only_security_data"] = known "debugContext.debugData.logOnlySecurityData",
  ["okta.debug.privilege_granted"]  = known "debugContext.debugData.privilegeGranted",
  ["okta.debug.grant_type"]         = known "debugContext.debugData.grantType",
  ["okta.debug.granted_scopes"]     = known "debugContext.debugData.grantedScopes",

  ["okta.target.#.type"]            = known "target[].type",
  ["okta.target.#.id"]              = known "target[].id",
  ["okta.target.#.alternate_id"]    = known "target[].alternateId",
  ["okta.target.#.display_name"]    = known "target[].displayName",
  ["okta.target.#.changes"]         = json "target[].changeDetails",

  -- Devices come in both spellings.
  ["okta.device.id"]          = known "device.id",
  ["okta.device.name"]        = known "device.name",
  ["okta.device.os_platform"] = first(known "device.os_platform", known "device.osPlatform"),
  ["okta.device.managed"]     = known "device.managed",
  ["okta.device.registered"]  = known "device.registered",
}
