using Ebb.Core.Gates;
using Ebb.Core.Selection;

namespace Ebb.Core.Tests.Gates;

public sealed class WebhookGuardSpecs
{
    private static readonly LabelQuery Everything = new([]);
    private static readonly Dictionary<string, string> NoLabels = [];

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
                new("apps", "v1", "deployments", "scale", "UPDATE", "shop", null)
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
            new WebhookRule([""], [resource], ["*"], scope).Matches(new("", "v1", "nodes", null, "UPDATE", null, null))
        );

    [Theory]
    [InlineData("*", true)]
    [InlineData("v1", true)]
    [InlineData("v1beta1", false)]
    public void A_rule_of_other_versions_alone_matches_nothing(string version, bool matches) =>
        Assert.Equal(
            matches,
            new WebhookRule(["apps"], ["deployments/scale"], ["UPDATE"], "*") { Versions = [version] }.Matches(
                new("apps", "v1", "deployments", "scale", "UPDATE", "shop", null)
            )
        );

    [Theory]
    [InlineData(LabelOperator.In, "a", true)]
    [InlineData(LabelOperator.In, "b", false)]
    [InlineData(LabelOperator.In, "", false)]
    [InlineData(LabelOperator.NotIn, "a", false)]
    [InlineData(LabelOperator.NotIn, "b", true)]
    [InlineData(LabelOperator.NotIn, "", true)]
    [InlineData(LabelOperator.Exists, "b", true)]
    [InlineData(LabelOperator.Exists, "", false)]
    [InlineData(LabelOperator.DoesNotExist, "b", false)]
    [InlineData(LabelOperator.DoesNotExist, "", true)]
    public void Expressions_choose_objects_and_namespaces_by_their_labels(LabelOperator how, string label, bool guards)
    {
        var only = new LabelQuery([
            new LabelTerm("is", how, how is LabelOperator.In or LabelOperator.NotIn ? ["a"] : []),
        ]);
        var webhook = new Webhook("w", "system", "hook", [new(["*"], ["*"], ["*"], "*")], Everything, Everything);
        Dictionary<string, string> labels = label.Length == 0 ? [] : new() { ["is"] = label };
        Assert.Equal(guards, (webhook with { Places = only }).Guards(Pod([]), labels));
        Assert.Equal(guards, (webhook with { Objects = only }).Guards(Pod(labels), NoLabels));

        static GuardedWrite Pod(Dictionary<string, string> labels) =>
            new("", "v1", "pods", null, "CREATE", "shop", labels);
    }

    [Fact]
    public void What_conditions_leave_out_counts_as_guarded() =>
        Assert.True(
            new Webhook("w", "system", "hook", [new(["*"], ["*"], ["*"], "*")], Everything, Everything)
            {
                IsConditional = true,
            }.Guards(new("", "v1", "pods", null, "CREATE", "shop", NoLabels), NoLabels)
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
        Assert.Equal(
            guards,
            webhook.Guards(new("", "v1", "pods", null, "CREATE", "shop", Labels(label)), Labels(place))
        );
        Assert.True(
            (webhook with { Places = Everything, Objects = Everything }).Guards(
                new("", "v1", "pods", null, "CREATE", "shop", Labels(label)),
                Labels(place)
            )
        );
    }

    private static Dictionary<string, string>? Labels(string? value) => value is null ? null : new() { ["is"] = value };

    [Theory]
    [InlineData("CronJob", "cronjobs")]
    [InlineData("Ingress", "ingresses")]
    [InlineData("NetworkPolicy", "networkpolicies")]
    [InlineData("Gateway", "gateways")]
    [InlineData("Valkey", "valkeys")]
    [InlineData("Elasticsearch", "elasticsearches")]
    [InlineData("EMQX", "emqxes")]
    public void A_kind_is_found_in_a_rule_by_its_plural(string kind, string plural) =>
        Assert.Equal(plural, GuardedWrite.PluralOf(kind));
}
