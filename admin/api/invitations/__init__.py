"""Invitations into the lanes of a room: minted, listed, looked at, revoked."""

from fastapi import APIRouter

from admin.api.invitations import bulk, single

router = APIRouter()
for part in (single, bulk):
    router.include_router(part.router)
