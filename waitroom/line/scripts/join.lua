-- with lib/calling, lib/joining
-- Gives out `count` numbers in one step, and admits the first of them where nobody waits and the budget allows.
-- ARGV own count, own+1 fresh randomness for the draw
-- Reply {status, head, first number, how many of them are admitted}
local refused = enter()
if refused then return refused end
local first = asked.issued + 1
for _ = 1, tonumber(ARGV[own]) do give_number(asked) end
local admitted = admit_newcomers(asked, first, ARGV[own + 1])
save()
return {'OK', head(), int(first), int(admitted)}
