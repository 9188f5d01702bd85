using System.Text.Json;
using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Tests.Sleeping;

/// <summary>
/// A virtual machine that sleeps by its fields, looked at through what power and overrides decide of it.
/// </summary>
public class DeclaredSleepSpecs
{
    private const string Type = "kubevirt.io/v1/VirtualMachine";

    private static readonly DeclaredMethod Method = new(
        "vm",
        "kubevirt.io/v1",
        "VirtualMachine",
        [new("spec.runStrategy", "\"Halted\""), new("spec.running", null)],
        new OwnPods(new Dictionary<string, string> { ["vm"] = OwnPods.NameMark }, null),
        new WorkloadSignals(true, [new("status.printableStatus", "\"Stopped\"")], []),
        new WorkloadSignals(true, [], [new("Ready", "True")])
    );

    private static WorkloadView Machine(
        string spec,
        string status = "{}",
        int? pods = 1,
        int? ready = 1,
        DeclaredMethod? method = null,
        string? fault = null,
        Baseline[]? kept = null
    ) =>
        new()
        {
            Ref = new ObjectRef("kubevirt.io/v1", "VirtualMachine", "shop", "billing"),
            Uid = "u",
            ResourceVersion = "7",
            PodsLeft = pods,
            ReadyReplicas = ready,
            Declared = DeclaredState.Of(
                new ObjectFields(
                    new Dictionary<string, string>(),
                    new Dictionary<string, string>(),
                    JsonElement.Parse(spec.Replace('\'', '"')),
                    JsonElement.Parse(status.Replace('\'', '"'))
                ),
                fault is null ? method ?? Method : null,
                fault,
                kept ?? []
            ),
        };

    private static Member Member(WorkloadView workload, Baseline? baseline = null) =>
        UpsScalerValidation.Of(
            [
                new UpsScalerView
                {
                    Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "shop", "billing"),
                    Uid = "s",
                    ResourceVersion = "1",
                    Type = Type,
                    TargetNamespace = "shop",
                    TargetName = "billing",
                    ShutdownPriority = 1,
                    ScaleUpPriority = 1,
                    Baseline = baseline,
                    Target = new WorkloadLookup.Found(workload),
                },
            ],
            []
        )[0];

    private static OverrideStep Step(WorkloadView workload, bool asleep, OverrideBaseline? before = null)
    {
        var asked = new Override
        {
            Kind = Type,
            Namespace = "shop",
            Name = "billing",
            Effect = OverrideEffect.Asleep,
            Reason = "test",
            At = At.Zero,
            Until = At.Second(1000),
        };
        var target = OverrideTarget.Of(
            WorkloadType.Parse(Type)!,
            "shop",
            "billing",
            new WorkloadLookup.Found(workload),
            []
        );
        return OverrideStep.Decide(asked.Key, asleep ? asked : null, before, target, Decision.None, null, At.Second(1));
    }

    private static Baseline Captured(WorkloadView workload) => Step(workload, asleep: true).Keep!.What;

    [Fact]
    public void What_is_kept_are_the_fields_that_are_named_and_whether_it_slept_already()
    {
        var baseline = Captured(Machine("{'running':true,'other':1}"));
        Assert.Equal([new("spec.runStrategy", null), new("spec.running", "true")], baseline.Fields!);
        Assert.Equal((false, 1, (int?)null), (baseline.Suspended!.Value, baseline.Ready!.Value, baseline.Replicas));
        Assert.Equal(1, baseline.SpecReplicas);
        Assert.Equal(0, Captured(Machine("{'runStrategy':'Halted'}")).SpecReplicas);
    }

    [Fact]
    public void All_fields_are_written_in_one_patch_and_given_back_in_one()
    {
        var awake = Machine("{'running':true}");
        var before = new OverrideBaseline(Captured(awake), [0]);
        var down = Assert.IsType<Write.Merge>(Assert.Single(Step(awake, true, before).Writes));
        Assert.Equal("""{"spec":{"runStrategy":"Halted","running":null}}""", down.Json);
        Assert.Equal(("u", "7"), (down.Uid, down.ResourceVersion));
        var asleep = Machine("{'runStrategy':'Halted'}");
        Assert.Empty(Step(asleep, true, before).Writes);
        var up = Assert.IsType<Write.Merge>(Assert.Single(Step(asleep, false, before).Writes));
        Assert.Equal("""{"spec":{"runStrategy":null,"running":true}}""", up.Json);
        Assert.True(Step(awake, false, before).Release);
    }

    [Theory]
    [InlineData("{'running':true}", "Stopped", 0, false)]
    [InlineData("{'runStrategy':'Halted'}", "Running", 0, false)]
    [InlineData("{'runStrategy':'Halted'}", "Stopped", 1, false)]
    [InlineData("{'runStrategy':'Halted'}", "Stopped", null, null)]
    [InlineData("{'runStrategy':'Halted'}", "Stopped", 0, true)]
    public void It_is_asleep_when_everything_says_so(string spec, string status, int? pods, bool? asleep) =>
        Assert.Equal(asleep, Member(Machine(spec, $"{{'printableStatus':'{status}'}}", pods)).IsAsleep);

    [Fact]
    public void Pods_that_cannot_end_are_not_waited_for() =>
        Assert.True(
            Member(
                Machine("{'runStrategy':'Halted'}", "{'printableStatus':'Stopping'}") with
                {
                    Stranded = [new StrandedPod("p", "node gone")],
                }
            ).IsAsleep
        );

    [Theory]
    [InlineData("{'runStrategy':'Halted'}", "True", 1, false)]
    [InlineData("{'running':true}", "True", 1, true)]
    [InlineData("{'running':true}", "False", 1, false)]
    [InlineData("{'running':true}", null, 1, null)]
    [InlineData("{'running':true}", "True", 0, false)]
    [InlineData("{'running':true}", "True", null, null)]
    public void It_is_awake_when_it_is_given_back_and_everything_says_so(
        string spec,
        string? ready,
        int? pods,
        bool? awake
    )
    {
        var status = ready is null ? "{}" : $"{{'conditions':[{{'type':'Ready','status':'{ready}'}}]}}";
        var baseline = Captured(Machine("{'running':true}"));
        Assert.Equal(awake, Member(Machine(spec, status, 1, pods), baseline).IsAwake);
    }

    [Fact]
    public void What_was_asleep_already_is_not_waited_for()
    {
        var stopped = Machine("{'runStrategy':'Manual'}", "{'printableStatus':'Stopped'}", 0, 0);
        Assert.True(Member(stopped, Captured(stopped)).IsAwake);
    }

    [Fact]
    public void A_method_that_is_gone_gives_back_what_the_baseline_says_and_asks_for_nothing()
    {
        var baseline = Captured(Machine("{'running':true}"));
        var member = Member(Machine("{'runStrategy':'Halted'}", fault: "gone", kept: [baseline]), baseline);
        Assert.Equal("gone", member.Refusal);
        Assert.Null(member.IsAsleep);
        Assert.False(member.IsAwake);
        Assert.True(Member(Machine("{'running':true}", fault: "gone", kept: [baseline]), baseline).IsAwake);
    }

    [Fact]
    public void A_method_that_names_other_fields_meanwhile_writes_none_that_is_not_kept()
    {
        var baseline = Captured(Machine("{'running':true}"));
        var other = Method with { Sleep = [new("spec.paused", "true")] };
        var changed = Machine("{'runStrategy':'Halted'}", method: other, kept: [baseline]);
        Assert.Contains("SleepMethod vm has changed", Member(changed, baseline).Refusal, StringComparison.Ordinal);
        Assert.Empty(Step(changed, true, new OverrideBaseline(baseline, [0])).Writes);
        Assert.False(Member(changed, baseline).IsRestored);
        // Fewer of the same fields, or other values, are kept already.
        var same = Method with
        {
            Sleep = [new("spec.runStrategy", "\"Manual\"")],
        };
        Assert.Null(Member(Machine("{}", method: same, kept: [baseline]), baseline).Refusal);
    }

    [Fact]
    public void A_field_that_cannot_be_kept_or_has_no_place_is_refused_by_its_path()
    {
        var large = Machine($"{{'runStrategy':'{new string('x', 70_000)}'}}");
        Assert.StartsWith("spec.runStrategy: expected at most 65536 characters", Member(large).Refusal);
        var deep = Method with { Sleep = [new("spec.a.b", "1")] };
        Assert.Equal("spec.a: expected an object, found String", Member(Machine("{'a':'x'}", method: deep)).Refusal);
    }

    [Fact]
    public void One_whose_pods_nothing_selects_is_refused_by_the_path_of_its_selector()
    {
        var selects = Method with
        {
            Pods = new OwnPods(new Dictionary<string, string>(), FieldPath.Parse("spec.selector")),
        };
        Assert.Equal(
            "spec.selector: expected the selector of its pods, found nothing",
            Member(Machine("{}", method: selects)).Refusal
        );
        Assert.Null(Member(Machine("{'selector':{'matchLabels':{'a':'b'}}}", method: selects)).Refusal);
    }

    [Fact]
    public void It_has_no_size_and_can_be_put_to_sleep_or_frozen()
    {
        var target = OverrideTarget.Of(
            WorkloadType.Parse(Type)!,
            "shop",
            "billing",
            new WorkloadLookup.Found(Machine("{}")),
            []
        );
        Assert.Null(OverrideStep.Refusal(target, OverrideEffect.Asleep, null));
        Assert.Null(OverrideStep.Refusal(target, OverrideEffect.Freeze, null));
        Assert.Contains(
            "has no size",
            OverrideStep.Refusal(target, OverrideEffect.Replicas, 1),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_baseline_that_a_person_wrote_and_that_is_no_JSON_is_not_written_back_as_something_else()
    {
        var odd = new Baseline("u", At.Zero, Suspended: false, Fields: [new("spec.running", "tru")]);
        var write = Assert.IsType<Write.Merge>(
            Assert.Single(Step(Machine("{}", kept: [odd]), false, new OverrideBaseline(odd, [0])).Writes)
        );
        Assert.ThrowsAny<JsonException>(() => JsonElement.Parse(write.Json));
    }
}
