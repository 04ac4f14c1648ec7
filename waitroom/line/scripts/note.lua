-- Notes in the record what ops staff did to the room that changes nothing of the line itself.
-- ARGV own what kind of thing, own+1… pairs of field and value
-- Reply {status, head}
if not enter() then return {'LOST'} end
log(ARGV[own], unpack(ARGV, own + 1))
save()
return {'OK', head()}
