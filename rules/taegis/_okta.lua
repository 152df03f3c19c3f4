-- What the rules of this folder share about Okta's events: names, addresses, places, factors.
-- Fields: https://developer.okta.com/docs/reference/api/system-log/

local okta = {
  cpe = "cpe:2.3:a:okta:okta:-:*:*:*:*:*:*:*", -- edit to what your inventory calls Okta
}

-- The name, id and domain of an actor or a target. Okta's user name is the login, which looks like an e-mail address.
function okta.name(who)
  return first(known(get(who, "alternateId")), known(get(who, "displayName")), known(get(who, "id")))
end

function okta.id(who)
  return known(get(who, "id"))
end

function okta.domain(who)
  local login = known(get(who, "alternateId"))
  return first(capture(login, [[^([^\]+)\]]), after(login, "@")) -- CORP\ada, ada@example.com
end

-- Something of the actor, given that somebody else than the actor is the subject.
function okta.unless_same(subject, of_actor)
  local same_one = first(same(okta.id "actor", okta.id(subject)), same(okta.name "actor", okta.name(subject)))
  return unless(same_one, of_actor)
end

-- Targets come in no fixed order, so they are chosen by type.
okta.target_user = path "target[type=User|AppUser]"

okta.time = maybe(time "published")

-- client.ipAddress may be missing or no address at all; the chain begins with the client.
okta.client_ip = maybe(ip "client.ipAddress")
okta.address   = first(okta.client_ip, maybe(ip "request.ipChain[0].ip"))

okta.geo = {
  city     = { name = known "client.geographicalContext.city" },
  location = {
    latitude  = maybe(number "client.geographicalContext.geolocation.lat"),
    longitude = maybe(number "client.geographicalContext.geolocation.lon"),
  },
  -- Okta sends the country's name.
  country  = { iso_code = lookup("client.geographicalContext.country", "countries.yaml") },
  asn      = {
    autonomous_system_no  = maybe(int "securityContext.asNumber"),
    autonomous_system_org = known "securityContext.asOrg",
  },
}

okta.auth_system = pick(require "_settings".auth_system, {
  okta     = "Okta",
  provider = first(known "authenticationContext.authenticationProvider", const "Okta"),
})

-- The application signed in to. OAuth clients act themselves; else it is a target, or named in the debug data.
okta.application = first(
  known "actor[type=PublicClientApp].displayName",
  known "actor[type=PublicClientApp].alternateId",
  known "target[type=AppInstance].displayName",
  known "target[type=AppInstance].alternateId",
  known "debugContext.debugData.appname",
  known "debugContext.debugData.AppName",
  const "Okta"
)

-- Identity Engine logs the password step as a factor too, so that there was a factor does not prove a second one.
-- Most credential types (JWT, ASSERTION, OKTA_CLIENT_SESSION ...) say how, not with which factor.
okta.factor = lower(first(
  known "debugContext.debugData.factor",
  known "target[type=AuthenticatorEnrollment].detailEntry.methodTypeUsed",
  lookup("authenticationContext.credentialType", { PASSWORD = "password", OTP = "otp", SMS = "sms", EMAIL = "email" })
))

okta.mfa_used = given(okta.factor, pick(okta.factor, { password = false, password_as_factor = false }, true))

okta.failed = pick("outcome.result", { FAILURE = true, DENY = true }, false)

return okta
