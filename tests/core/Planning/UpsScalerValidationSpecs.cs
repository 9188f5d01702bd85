using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

public class UpsScalerValidationSpecs
{
    private static UpsScalerView Scaler(
        string name = "s",
        string? type = "deployment",
        string? target = "web",
        int? down = 1,
        int? up = 1,
        double created = 0,
        string space = "shop",
        string own = "shop"
    ) =>
        new()
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", own, name),
            Uid = name,
            ResourceVersion = "1",
            CreatedAt = At.Second(created),
            Type = type,
            TargetNamespace = space,
            TargetName = target,
            ShutdownPriority = down,
            ScaleUpPriority = up,
            Target = new WorkloadLookup.Found(
                new WorkloadView
                {
                    Ref = new ObjectRef("apps/v1", "Deployment", "shop", "web"),
                    Uid = "u",
                    ResourceVersion = "1",
                    Replicas = 1,
                }
            ),
        };

    [Theory]
    [InlineData("deployment")]
    [InlineData("Deployment")]
    [InlineData("STATEFULSET")]
    [InlineData("CronJob")]
    [InlineData("argoproj.io/v1alpha1/Rollout")]
    public void A_known_type_in_any_case_and_anything_with_group_version_and_kind_is_taken(string type) =>
        Assert.Null(UpsScalerValidation.Of([Scaler(type: type)], [])[0].Refusal);

    [Theory]
    [InlineData("pod")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a/b")]
    [InlineData("a//b")]
    public void An_unknown_type_is_refused_and_told_what_was_expected(string? type)
    {
        var refusal = UpsScalerValidation.Of([Scaler(type: type)], [])[0].Refusal;
        Assert.Contains("spec.type: expected deployment", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var refusal = UpsScalerValidation.Of([Scaler(type: "pod", target: null, down: null, up: null)], [])[0].Refusal!;
        Assert.All(
            new[] { "spec.type", "spec.name", "spec.shutdownPriority", "spec.scaleUpPriority" },
            path => Assert.Contains(path, refusal, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("web/../../secrets")]
    [InlineData("WEB")]
    [InlineData("wéb")]
    [InlineData("-web")]
    public void A_name_that_is_none_is_refused(string name) =>
        Assert.Contains(
            "spec.name",
            UpsScalerValidation.Of([Scaler(target: name)], [])[0].Refusal,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_name_of_253_characters_is_one_and_of_254_is_none()
    {
        Assert.Null(UpsScalerValidation.Of([Scaler(target: new string('a', 253))], [])[0].Refusal);
        Assert.NotNull(UpsScalerValidation.Of([Scaler(target: new string('a', 254))], [])[0].Refusal);
    }

    [Fact]
    public void Of_two_for_one_workload_the_older_holds_in_whatever_spelling()
    {
        var roster = UpsScalerValidation.Of(
            [Scaler("b", "apps/v1/Deployment", created: 10), Scaler("a", "deployment", created: 20)],
            []
        );
        Assert.Null(roster.Single(m => m.Scaler.Uid == "b").Refusal);
        Assert.Contains("shop/b", roster.Single(m => m.Scaler.Uid == "a").Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Ebb_never_puts_itself_or_its_eyes_to_sleep() =>
        Assert.Equal(
            "it is Ebb itself",
            UpsScalerValidation.Of([Scaler()], [new Protected("shop", "web", "it is Ebb itself")])[0].Refusal
        );

    [Fact]
    public void A_tenant_names_no_workload_of_another_namespace_and_takes_nobodys_place()
    {
        var roster = UpsScalerValidation.Of(
            [Scaler("tenant", own: "tenant", created: 1), Scaler("owner", created: 2)],
            [],
            ["ebb-system"]
        );
        Assert.Null(roster.Single(m => m.Scaler.Uid == "owner").Refusal);
        Assert.Equal(
            "spec.namespace: expected \"tenant\", its own, found \"shop\"; only in ebb-system "
                + "(Tenancy__AdminNamespaces) it may be another one",
            roster.Single(m => m.Scaler.Uid == "tenant").Refusal
        );
    }

    [Fact]
    public void One_in_an_admin_namespace_may_name_any() =>
        Assert.Null(UpsScalerValidation.Of([Scaler(own: "ebb-system")], [], ["ebb-system"])[0].Refusal);

    [Fact]
    public void A_bad_one_disturbs_no_other()
    {
        var roster = UpsScalerValidation.Of([Scaler("a", "pod", target: "x"), Scaler("b")], []);
        Assert.Equal([false, true], roster.Select(m => m.Refusal is null));
    }
}
