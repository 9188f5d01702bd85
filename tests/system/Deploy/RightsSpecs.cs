using Ebb.Core.Rights;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>What is granted is what is needed: the list that <c>check</c> asks for and the roles are one.</summary>
public sealed class RightsSpecs
{
    [Fact]
    public void The_roles_of_the_base_grant_exactly_what_power_and_schedules_need() =>
        Assert.Equal(
            Lines(OperatorRights.Of(true, true)).Order(),
            RoleRules
                .Of(File.ReadAllText(Path.Combine(Repository.Root, "deploy/base/roles.yaml")), "ebb-operator")
                .Order()
        );

    [Fact]
    public void The_component_for_hooks_grants_exactly_what_hooks_and_gates_need() =>
        Assert.Equal(
            Lines(OperatorRights.Hooks).Order(),
            RoleRules
                .Of(
                    File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/hooks/hook-roles.yaml")),
                    "ebb-hooks"
                )
                .Order()
        );

    [Fact]
    public void The_component_for_webhooks_grants_exactly_what_waiting_for_them_needs() =>
        Assert.Equal(
            Lines(OperatorRights.Webhooks).Order(),
            RoleRules
                .Of(
                    File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/webhooks/webhook-roles.yaml")),
                    "ebb-webhooks"
                )
                .Order()
        );

    [Fact]
    public void The_component_for_nodes_grants_exactly_what_cordoning_needs_and_the_base_does_not()
    {
        Assert.Equal(
            Lines(OperatorRights.Nodes).Order(),
            RoleRules
                .Of(
                    File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/nodes/node-roles.yaml")),
                    "ebb-nodes"
                )
                .Order()
        );
        Assert.DoesNotContain(
            RoleRules.Of(File.ReadAllText(Path.Combine(Repository.Root, "deploy/base/roles.yaml")), "ebb-operator"),
            line => line.Contains("nodes", StringComparison.Ordinal) && line.Contains("patch", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("schedules")]
    [InlineData("horizontalpodautoscalers")]
    public void What_is_given_an_owner_may_be_deleted_as_OpenShift_demands_of_who_gives_it(string plural) =>
        Assert.Contains(
            "delete",
            Assert.Single(OperatorRights.Of(power: false, schedules: true), right => right.Resource == plural).Verbs
        );

    internal static IReadOnlySet<string> Lines(IEnumerable<Right> rights) =>
        rights
            .SelectMany(right =>
                right.Verbs.Select(verb => RoleRules.Line(right.Own, verb, right.Group, right.Resource))
            )
            .ToHashSet(StringComparer.Ordinal);
}
