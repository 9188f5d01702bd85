using Ebb.Core.Overrides;
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
    public void What_nothing_counts_is_refused_until_its_status_says_how_many_there_are_or_it_is_remembered()
    {
        var scaler = Scaler(type: "a.example/v1/Widget");
        var web = ((WorkloadLookup.Found)scaler.Target).Workload with { Replicas = 3, IsUncounted = true };
        scaler = scaler with { Target = new WorkloadLookup.Found(web) };
        var member = UpsScalerValidation.Of([scaler], [])[0];
        Assert.StartsWith("nothing tells when its pods are gone", member.Refusal, StringComparison.Ordinal);
        Assert.Contains("status.replicas is 0 while 3 are asked for", member.Refusal, StringComparison.Ordinal);
        // Who asks for a size waits for no pods.
        Assert.Null(OverrideTarget.Of(member)!.Refusal);
        Assert.Null(
            UpsScalerValidation.Of([scaler with { Baseline = new Baseline("u", At.Second(0), 3) }], [])[0].Refusal
        );
        var counted = new WorkloadLookup.Found(web with { IsUncounted = false });
        Assert.Null(UpsScalerValidation.Of([scaler with { Target = counted }], [])[0].Refusal);
    }

    [Fact]
    public void One_that_is_wrong_keeps_no_workload_from_one_that_is_right()
    {
        var members = UpsScalerValidation.Of([Scaler("bad", down: null, created: 0), Scaler("good", created: 9)], []);
        Assert.Equal(["bad", "good"], members.Select(m => m.Scaler.Ref.Name));
        Assert.Equal("spec.shutdownPriority: expected an integer, found nothing", members[0].Refusal);
        Assert.Null(members[1].Refusal);
    }

    // Made wrong in mid-outage, it goes on holding what it had put to sleep, unless another one does.
    [Fact]
    public void What_one_that_is_wrong_had_put_to_sleep_belongs_to_the_one_that_is_right()
    {
        var asleep = new Baseline("u", At.Second(0), 1);
        var bad = Scaler("bad", down: null, created: 0) with { Baseline = asleep };
        Assert.Same(asleep, UpsScalerValidation.Of([bad], [])[0].Scaler.Baseline);
        var members = UpsScalerValidation.Of([bad, Scaler("good", created: 9) with { Baseline = asleep }], []);
        Assert.Equal([null, asleep], members.Select(m => m.Scaler.Baseline));
        Assert.All(members, m => Assert.False(m.Scaler.Deleting));
    }

    // A tenant may not take what applies a workload from Git out of the waves, nor wake it, by naming it in vain.
    [Fact]
    public void What_applies_from_Git_and_is_named_in_vain_stays_what_it_is_without_that()
    {
        var asleep = new Baseline("u", At.Second(0), Suspended: false);
        var implied = Scaler(
            "apps",
            type: "kustomization",
            target: "apps",
            space: "flux-system",
            own: "flux-system"
        ) with
        {
            Implied = true,
            Baseline = asleep,
        };
        var foreign = Scaler("mine", type: "kustomization", target: "apps", space: "flux-system", own: "tenant") with
        {
            Baseline = asleep,
        };
        var members = UpsScalerValidation.Of([foreign, implied], [], ["ebb-system"]);
        var held = Assert.Single(members, m => m.Scaler.Baseline is not null);
        Assert.Equal((true, (string?)null), (held.Scaler.Implied, held.Refusal));
        Assert.NotNull(Assert.Single(members, m => !m.Scaler.Implied).Refusal);
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
