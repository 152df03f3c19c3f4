# Key/value pairs that every record carries in event_metadata: what Okta said and the schemas have no field for.
# Only what is present is written. dtHash and rootSessionId show stolen cookies: keep them.

include "weir";
include "_okta";

def metadata:
  at(.actor) as $actor
  | at(.client) as $client
  | at(.client.geographicalContext) as $place
  | at(.securityContext) as $network
  | at(.transaction) as $transaction
  | at(.authenticationContext) as $authn
  | at(.debugContext.debugData) as $debug # no contract: Okta changes its keys between releases, and writes maps as text
  | at(.device) as $device
  | [at(.target) | arrays | .[]] as $targets
  | {
      "okta.event_type":         (at(.eventType) | known),
      "okta.legacy_event_type":  (at(.legacyEventType) | known),
      "okta.display_message":    (at(.displayMessage) | known),
      "okta.severity":           (at(.severity) | known),
      "okta.version":            (at(.version) | known),
      "okta.outcome.result":     (at(.outcome.result) | known),
      "okta.outcome.reason":     (at(.outcome.reason) | known),
      "okta.published":          unless(at(.published) | maybe(time); at(.published) | known),

      "okta.actor.id":           ($actor | at(.id) | known),
      "okta.actor.type":         ($actor | at(.type) | known),
      "okta.actor.alternate_id": ($actor | at(.alternateId) | known),
      "okta.actor.display_name": ($actor | at(.displayName) | known),

      "okta.client.device":      ($client | at(.device) | known),
      "okta.client.zone":        ($client | at(.zone) | known),
      "okta.client.id":          ($client | at(.id) | known),
      "okta.client.os":          ($client | at(.userAgent.os) | known),
      "okta.client.browser":     ($client | at(.userAgent.browser) | known),
      "okta.client.ip_address":  ($client | at(.ipAddress) | unless(maybe(ip); known)), # no address
      "okta.ip_chain":           ([at(.request.ipChain) | arrays | .[] | at(.ip)] | join(",")),

      "okta.geo.city":           ($place | at(.city) | known),
      "okta.geo.state":          ($place | at(.state) | known),
      "okta.geo.country":        ($place | at(.country) | known),
      "okta.geo.postal_code":    ($place | at(.postalCode) | known), # text or a number

      "okta.security.isp":       ($network | at(.isp) | known),
      "okta.security.domain":    ($network | at(.domain) | known), # of the provider, not of the user
      "okta.security.is_proxy":  ($network | at(.isProxy) | known),
      "okta.security.as_number": ($network | at(.asNumber) | known),
      "okta.security.as_org":    ($network | at(.asOrg) | known),

      "okta.transaction.id":     ($transaction | at(.id) | known),
      "okta.transaction.type":   ($transaction | at(.type) | known),
      "okta.transaction.request_api_token_id": ($transaction | at(.detail.requestApiTokenId) | known),

      "okta.session.external_id":       ($authn | at(.externalSessionId) | known),
      "okta.session.root_id":           ($authn | at(.rootSessionId) | known),
      "okta.authn.provider":            ($authn | at(.authenticationProvider) | known),
      "okta.authn.step":                ($authn | at(.authenticationStep) | known),
      "okta.authn.credential_provider": ($authn | at(.credentialProvider) | known),
      "okta.authn.credential_type":     ($authn | at(.credentialType) | known),
      "okta.authn.interface":           ($authn | at(.interface) | known),
      "okta.authn.issuer_id":           ($authn | at(.issuer.id) | known),

      "okta.debug.request_uri":        ($debug | at(.requestUri) | known),
      "okta.debug.url":                ($debug | at(.url) | known),
      "okta.debug.dt_hash":            ($debug | at(.dtHash) | known),
      "okta.debug.device_fingerprint": ($debug | at(.deviceFingerprint) | known),
      "okta.debug.factor":             ($debug | at(.factor) | known),
      "okta.debug.threat_suspected":   ($debug | at(.threatSuspected) | known),
      "okta.debug.risk_level":         ($debug | at(.risk) | textmap("level")),
      "okta.debug.risk_reasons":       ($debug | at(.risk) | textmap("reasons")),
      "okta.debug.behaviors_positive": ($debug | at(.behaviors) | textmap_names("POSITIVE"; ",")),
      "okta.debug.log_only_security_data": ($debug | at(.logOnlySecurityData) | known),
      "okta.debug.privilege_granted":  ($debug | at(.privilegeGranted) | known),
      "okta.debug.grant_type":         ($debug | at(.grantType) | known),
      "okta.debug.granted_scopes":     ($debug | at(.grantedScopes) | known),

      # Devices come in both spellings.
      "okta.device.id":          ($device | at(.id) | known),
      "okta.device.name":        ($device | at(.name) | known),
      "okta.device.os_platform": ($device | first((at(.os_platform) | known), (at(.osPlatform) | known))),
      "okta.device.managed":     ($device | at(.managed) | known),
      "okta.device.registered":  ($device | at(.registered) | known),

      "okta.target.#.type":         [$targets[] | at(.type) | known],
      "okta.target.#.id":           [$targets[] | at(.id) | known],
      "okta.target.#.alternate_id": [$targets[] | at(.alternateId) | known],
      "okta.target.#.display_name": [$targets[] | at(.displayName) | known],
      "okta.target.#.changes":      [range(0; $targets | length) as $i | source_json(.target[$i].changeDetails)]
    };
