"""Sign-in challenges of Cognito user pools as AWS documents them; MiniStack 1.5.33 checks less.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteSoftwareToken.html
"""

import base64
import secrets
import time

from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito

# Session -> (challenge, username, pool id, client id, end). MFA_SETUP has further sessions, named by their step.
_sessions: dict[str, tuple[str, str, str, str, float]] = {}
_associate, _verify, _dispatch = (
    cognito._associate_software_token,
    cognito._verify_software_token,
    cognito._dispatch_idp,
)


def _open(step, username, pool_id, client_id):
    minutes = cognito._user_pools[pool_id]["_clients"][client_id].get("AuthSessionValidity", 3)
    session = base64.b64encode(secrets.token_bytes(48)).decode()
    _sessions[session] = (step, username, pool_id, client_id, time.time() + minutes * 60)
    return session


def _find(session, step):
    """The session when it is open and at this step."""
    found = _sessions.get(session or "")
    return found if found and found[0] == step and time.time() < found[4] else None


def _invalid_session():
    return error_response_json("NotAuthorizedException", "Invalid session for the user.", 400)


def _challenge(name, username, pool_id, client_id, parameters=None):
    return json_response(
        {
            "ChallengeName": name,
            "Session": _open(name, username, pool_id, client_id),
            "ChallengeParameters": {"USER_ID_FOR_SRP": username, **(parameters or {})},
        }
    )


def _second_factor(pool, pool_id, client_id, user):
    """The challenge that a pool with MFA has for a user whose password is right and final; None without MFA."""
    if pool.get("MfaConfiguration", "OFF") != "ON":
        return None
    if user.get("_totp_secret"):
        return _challenge("SOFTWARE_TOKEN_MFA", user["Username"], pool_id, client_id)
    parameters = {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}
    return _challenge("MFA_SETUP", user["Username"], pool_id, client_id, parameters)


def _tokens(pool_id, client_id, user):
    return json_response({"AuthenticationResult": cognito._build_auth_result(pool_id, client_id, user)})


def _password_auth_result(pool, pool_id, client_id, user, username, client_metadata=None, data=None):
    if user.get("UserStatus") == "FORCE_CHANGE_PASSWORD":
        parameters = {"requiredAttributes": "[]", "userAttributes": "{}"}
        return _challenge("NEW_PASSWORD_REQUIRED", user["Username"], pool_id, client_id, parameters)
    return _second_factor(pool, pool_id, client_id, user) or _tokens(pool_id, client_id, user)


def _respond_to_auth_challenge(data):
    name, responses = data.get("ChallengeName", ""), data.get("ChallengeResponses", {})
    # Of the setup, the session that VerifySoftwareToken returned.
    session = data.get("Session", "")
    found = _find(session, "verified" if name == "MFA_SETUP" else name)
    if not found or found[1].lower() != responses.get("USERNAME", "").lower() or found[3] != data.get("ClientId"):
        return _invalid_session()
    _, username, pool_id, client_id, _ = found
    pool = cognito._user_pools[pool_id]
    user = pool["_users"].get(username)
    if not user:
        return _invalid_session()

    if name == "NEW_PASSWORD_REQUIRED":
        refused = cognito._validate_password(pool, responses.get("NEW_PASSWORD", ""))
        if refused:
            return refused
        user["_password"], user["UserStatus"] = responses["NEW_PASSWORD"], "CONFIRMED"
        del _sessions[session]
        return _second_factor(pool, pool_id, client_id, user) or _tokens(pool_id, client_id, user)
    if name == "SOFTWARE_TOKEN_MFA":
        code = responses.get("SOFTWARE_TOKEN_MFA_CODE", "")
        if code == user.get("_totp_last_code"):
            message = "Your software token has already been used once."
            return error_response_json("ExpiredCodeException", message, 400)
        if not cognito._totp_matches(user.get("_totp_secret"), code):
            return error_response_json("CodeMismatchException", "Invalid code received for user", 400)
        user["_totp_last_code"] = code
    del _sessions[session]
    return _tokens(pool_id, client_id, user)


def _associate_software_token(data):
    if not data.get("Session"):
        return _associate(data)
    found = _find(data["Session"], "MFA_SETUP")
    if not found:
        return _invalid_session()
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    return json_response({"SecretCode": secret, "Session": _open(f"secret {secret}", *found[1:4])})


def _verify_software_token(data):
    session = data.get("Session")
    if not session:
        return _verify(data)
    step, username, pool_id, client_id, end = _sessions.get(session, ("", "", "", "", 0))
    user = cognito._user_pools.get(pool_id, {"_users": {}})["_users"].get(username)
    if not step.startswith("secret ") or time.time() > end or not user:
        return _invalid_session()
    secret = step.removeprefix("secret ")
    if not cognito._totp_matches(secret, data.get("UserCode", "")):
        return error_response_json("EnableSoftwareTokenMFAException", "Code mismatch", 400)
    user["_totp_secret"], user["_totp_last_code"] = secret, data["UserCode"]
    del _sessions[session]
    return json_response({"Status": "SUCCESS", "Session": _open("verified", username, pool_id, client_id)})


def _admin_delete_software_token(data):
    pool, error = cognito._resolve_pool(data.get("UserPoolId"))
    user, error = (None, error) if error else cognito._resolve_user(pool, data.get("Username"))
    if error:
        return error
    for key in ("_totp_secret", "_totp_last_code"):
        user.pop(key, None)
    return json_response({})


async def _dispatch_idp(action, data):
    return _admin_delete_software_token(data) if action == "AdminDeleteSoftwareToken" else await _dispatch(action, data)


def install():
    for replacement in (
        _password_auth_result,
        _respond_to_auth_challenge,
        _associate_software_token,
        _verify_software_token,
        _dispatch_idp,
    ):
        setattr(cognito, replacement.__name__, replacement)
