using Ebb.Core.Gates;
using Ebb.Core.Selection;

namespace Ebb.Core.Tests.Gates;

public sealed class WebhookGuardSpecs
{
    private static readonly LabelQuery Everything = new([]);

    [Theory]
    [InlineData("apps", "deployments/scale", "UPDATE", "*", true)]
    [InlineData("apps", "deployments/*", "UPDATE", "*", true)]
    [InlineData("*", "*/scale", "*", "Namespaced", true)]
    [InlineData("*", "*/*", "*", "*", true)]
    [InlineData("apps", "deployments", "UPDATE", "*", false)]
    [InlineData("*", "*", "*", "*", false)]
    [InlineData("apps", "deployments/status", "UPDATE", "*", false)]
    [InlineData("apps", "statefulsets/scale", "UPDATE", "*", false)]
    [InlineData("batch", "deployments/scale", "UPDATE", "*", false)]
    [InlineData("apps", "deployments/scale", "CREATE", "*", false)]
    [InlineData("apps", "deployments/scale", "UPDATE", "Cluster", false)]
    public void A_rule_matches_a_change_of_size(
        string group,
        string resource,
        string operation,
        string scope,
        bool matches
    ) =>
        Assert.Equal(
            matches,
            new WebhookRule([group], [resource], [operation], scope).Matches(
                new("apps", "deployments", "scale", "UPDATE", "shop", null)
            )
        );

    [Theory]
    [InlineData("nodes", "*", true)]
    [InlineData("*", "Cluster", true)]
    [InlineData("*/*", "*", true)]
    [InlineData("nodes/status", "*", false)]
    [InlineData("nodes", "Namespaced", false)]
    public void A_rule_matches_what_lives_in_no_namespace(string resource, string scope, bool matches) =>
        Assert.Equal(
            matches,
            new WebhookRule([""], [resource], ["*"], scope).Matches(new("", "nodes", null, "UPDATE", null, null))
        );

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("b", "a", false)]
    [InlineData(null, "a", true)]
    [InlineData("a", null, true)]
    public void What_is_not_known_of_an_object_or_its_namespace_counts_as_guarded(
        string? place,
        string? label,
        bool guards
    )
    {
        var only = new LabelQuery([new LabelTerm("is", LabelOperator.In, ["a"])]);
        var webhook = new Webhook("w", "system", "hook", [new(["*"], ["*"], ["*"], "*")], only, only);
        Assert.Equal(guards, webhook.Guards(new("", "pods", null, "CREATE", "shop", Labels(label)), Labels(place)));
        Assert.True(
            (webhook with { Places = Everything, Objects = Everything }).Guards(
                new("", "pods", null, "CREATE", "shop", Labels(label)),
                Labels(place)
            )
        );
    }

    private static Dictionary<string, string>? Labels(string? value) => value is null ? null : new() { ["is"] = value };
}
