# What the rules of this folder share about Okta's events: names, addresses, places, factors.
# Fields: https://developer.okta.com/docs/reference/api/system-log/

include "weir";

def cpe: "cpe:2.3:a:okta:okta:-:*:*:*:*:*:*:*"; # edit to what your inventory calls Okta

# The name, id and domain of an actor or a target. Okta's user name is the login, which looks like an e-mail address.
def name: first((at(.alternateId) | known), (at(.displayName) | known), (at(.id) | known));
def id:   at(.id) | known;
def domain:
  at(.alternateId) | known
  | if . == null then null
    else
      tostring # CORP\ada, ada@example.com
      | first((split("\\") | if length > 1 and .[0] != "" then .[0] else null end), after("@"))
    end;

# Targets come in no fixed order, so they are chosen by type.
def actor_of(types):  at(.actor) | of_type(types);
def target_of(types): at(.target) | of_type(types);
def target_user:      target_of("User", "AppUser");

# Something of the actor, given that somebody else than the actor is the subject.
def unless_same($subject; of_actor):
  at(.actor) as $actor
  | unless(first(same($actor | id; $subject | id), same($actor | name; $subject | name)); $actor | of_actor);

# client.ipAddress may be missing or no address at all; the chain begins with the client.
def address: first((at(.client.ipAddress) | maybe(ip)), (at(.request.ipChain[0].ip) | maybe(ip)));

def geo:
  at(.client.geographicalContext) as $place
  | at(.securityContext) as $network
  | {
      city:     { name: ($place | at(.city) | known) },
      location: {
        latitude:  ($place | at(.geolocation.lat) | maybe(number)),
        longitude: ($place | at(.geolocation.lon) | maybe(number))
      },
      # Okta sends the country's name.
      country:  { iso_code: ($place | at(.country | lookup("countries.yaml"))) },
      asn:      {
        autonomous_system_no:  ($network | at(.asNumber) | maybe(int)),
        autonomous_system_org: ($network | at(.asOrg) | known)
      }
    };

def auth_system:
  if setting("auth_system") == "provider"
  then first((at(.authenticationContext.authenticationProvider) | known), "Okta")
  else "Okta" end;

# The application signed in to. OAuth clients act themselves; else it is a target, or named in the debug data.
def application:
  actor_of("PublicClientApp") as $client
  | target_of("AppInstance") as $app
  | first(
      ($client | at(.displayName) | known), ($client | at(.alternateId) | known),
      ($app | at(.displayName) | known), ($app | at(.alternateId) | known),
      (at(.debugContext.debugData.appname) | known), (at(.debugContext.debugData.AppName) | known),
      "Okta");

# Identity Engine logs the password step as a factor too, so that there was a factor does not prove a second one.
# Most credential types (JWT, ASSERTION, OKTA_CLIENT_SESSION ...) say how, not with which factor.
def factor:
  first(
    (at(.debugContext.debugData.factor) | known),
    (target_of("AuthenticatorEnrollment") | at(.detailEntry.methodTypeUsed) | known),
    at(.authenticationContext.credentialType | lookup({ PASSWORD: "password", OTP: "otp", SMS: "sms", EMAIL: "email" })))
  | lower;

def mfa_used: factor | if . == null then null else pick({ password: false, password_as_factor: false }; true) end;

def failed: at(.outcome.result) | . == "FAILURE" or . == "DENY";
