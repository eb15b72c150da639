"""MemberService."""

from ontmoet.membership.v1 import member_pb2 as pb
from ontmoet.membership.v1.member_pb2_grpc import MemberServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.membership import wire
from services.membership.storage.uow import Uow
from services.membership.usecases import members


class MemberApi(MemberServiceServicer):
    """People in a network."""

    def __init__(self, uow: Uow) -> None:
        self._uow = uow

    async def AddMembers(self, request: pb.AddMembersRequest, context: object) -> pb.AddMembersResponse:
        caller = current_caller()
        people = [wire.new_member_from_proto(each, f"members[{at}].") for at, each in enumerate(request.members)]
        added = await members.add_members(self._uow, caller, people)
        return pb.AddMembersResponse(members=[wire.member_to_proto(each, caller) for each in added])

    async def GetMember(self, request: pb.GetMemberRequest, context: object) -> pb.GetMemberResponse:
        caller = current_caller()
        account_id = parse_id(request.account_id, "account_id") if request.account_id else None
        member = await members.get_member(self._uow, caller, account_id)
        return pb.GetMemberResponse(member=wire.member_to_proto(member, caller))

    async def BatchGetMembers(self, request: pb.BatchGetMembersRequest, context: object) -> pb.BatchGetMembersResponse:
        caller = current_caller()
        ids = [parse_id(each, f"account_ids[{at}]") for at, each in enumerate(request.account_ids)]
        found = await members.batch_get_members(self._uow, caller, ids)
        return pb.BatchGetMembersResponse(members=[wire.member_to_proto(each, caller) for each in found])

    async def ListMembers(self, request: pb.ListMembersRequest, context: object) -> pb.ListMembersResponse:
        caller = current_caller()
        role = wire.role_from_proto(request.role, "role") if request.role else None
        page, next_token = await members.list_members(
            self._uow, caller, size=request.page_size, page_token=request.page_token, role=role
        )
        return pb.ListMembersResponse(
            members=[wire.member_to_proto(each, caller) for each in page], next_page_token=next_token
        )

    async def UpdateProfile(self, request: pb.UpdateProfileRequest, context: object) -> pb.UpdateProfileResponse:
        caller = current_caller()
        member = await members.update_profile(self._uow, caller, wire.profile_change_from_proto(request))
        return pb.UpdateProfileResponse(member=wire.member_to_proto(member, caller))

    async def ChangeRoles(self, request: pb.ChangeRolesRequest, context: object) -> pb.ChangeRolesResponse:
        caller = current_caller()
        account_id = parse_id(request.account_id, "account_id")
        roles = wire.roles_from_proto(request.roles, "roles")
        member = await members.change_roles(self._uow, caller, account_id, roles, staff=request.staff)
        return pb.ChangeRolesResponse(member=wire.member_to_proto(member, caller))
