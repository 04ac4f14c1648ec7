-- with lib/calling, lib/claiming
-- A ticket is shown at the door: exchanged for a session exactly once.
-- ARGV own number, own+1 its turn
-- Reply {outcome, head}: admitted (a new session), again (the session it opened before), called (its turn came
-- while it was away; it stands in the short line of late ones), waiting, missed (its turn was more than `keep`
-- ago), spent (it left, or its session is over), shut (nobody may enter now), stale (the number, or its turn, is of
-- another life)
local refused = enter()
if refused then return refused end
local outcome = show(asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1]))
save()
return {outcome, head()}
