using Ebb.Core.Claims;
using Ebb.Core.Selection;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

/// <summary>
/// UpsScalers that mean many workloads by label: who holds a workload, and what is told of all of them.
/// </summary>
public class SelectedWorkloadsSpecs
{
    private static readonly WorkloadType Deployment = WorkloadType.Parse("deployment")!;

    private static UpsScalerView Scaler(
        string name,
        string target,
        bool selects = true,
        double created = 0,
        string own = "shop",
        string space = "shop"
    ) =>
        new()
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", own, name),
            Uid = selects ? $"{name} {space}/{target}" : name,
            SelectedBy = selects ? name : null,
            ResourceVersion = "1",
            CreatedAt = At.Second(created),
            Type = "deployment",
            TargetNamespace = space,
            TargetName = target,
            ShutdownPriority = 1,
            ScaleUpPriority = 1,
            Target = new WorkloadLookup.Found(
                new WorkloadView
                {
                    Ref = new ObjectRef("apps/v1", "Deployment", space, target),
                    Uid = "u",
                    ResourceVersion = "1",
                    Replicas = 1,
                }
            ),
        };

    public static TheoryData<string, UpsScalerView, UpsScalerView> Pairs =>
        new()
        {
            { "named", Scaler("named", "web", selects: false, created: 9), Scaler("many", "web", created: 1) },
            { "old", Scaler("young", "web", created: 2), Scaler("old", "web", created: 1) },
            { "a", Scaler("b", "web"), Scaler("a", "web") },
        };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Of_two_for_one_workload_the_named_one_holds_then_the_older_then_the_first_by_name(
        string holder,
        UpsScalerView one,
        UpsScalerView other
    )
    {
        foreach (var order in new[] { new[] { one, other }, [other, one] })
        {
            var member = Assert.Single(UpsScalerValidation.Of(order, []));
            Assert.Equal((holder, null), (member.Scaler.Ref.Name, member.Refusal));
        }
    }

    [Fact]
    public void One_that_may_not_select_elsewhere_means_nothing_there_and_what_it_has_asleep_is_woken()
    {
        var foreign = Scaler("many", "web", own: "team");
        Assert.Empty(UpsScalerValidation.Of([foreign], [], ["ebb-system"]));
        Assert.Single(UpsScalerValidation.Of([foreign], [], ["team"]));
        // Nor in its own namespace, where it selects namespaces.
        var wide = Scaler("many", "web") with
        {
            SelectsNamespaces = true,
        };
        Assert.Empty(UpsScalerValidation.Of([wide], [], ["ebb-system"]));
        wide = wide with { Baseline = new Baseline("u", At.Second(0), 1) };
        var left = Assert.Single(UpsScalerValidation.Of([wide], [], ["ebb-system"]));
        Assert.True(left.Scaler.Deleting);
        Assert.StartsWith("spec.namespaceSelector: expected none: only an", left.Refusal, StringComparison.Ordinal);
        var asleep = foreign with { Baseline = new Baseline("u", At.Second(0), 3) };
        Assert.True(Assert.Single(UpsScalerValidation.Of([asleep], [], ["ebb-system"])).Scaler.Deleting);
    }

    [Theory]
    [InlineData("7", 7, null)]
    [InlineData("-3", -3, null)]
    [InlineData(null, 5, null)]
    [InlineData("high", 5, "the label ebb.dev/shutdown-priority: expected a whole number, found \"high\"")]
    [InlineData("1000001", 5, "the label ebb.dev/shutdown-priority: expected a whole number, found \"1000001\"")]
    public void A_label_of_the_workload_counts_before_the_priority_of_the_UpsScaler(
        string? label,
        int priority,
        string? fault
    ) =>
        Assert.Equal(
            (priority, fault),
            ScalerSelection.Priority(
                label is null
                    ? new Dictionary<string, string>()
                    : new Dictionary<string, string> { [ScalerSelection.ShutdownPriority] = label },
                ScalerSelection.ShutdownPriority,
                5
            )
        );

    [Fact]
    public void The_status_counts_them_names_the_first_ten_and_says_who_has_the_others()
    {
        var items = Enumerable.Range(0, 12).Select(i => ("shop", $"w{i:00}")).ToList();
        List<UpsScalerView> views = [.. items.Select(item => Scaler("many", item.Item2))];
        views.Add(Scaler("own", "w03", selects: false));
        var states = UpsScalerValidation
            .Of(views, [])
            .Select(member => new WorkloadState(
                member,
                member.Scaler.TargetName == "w05" ? WorkloadPhase.Refused : WorkloadPhase.Awake,
                false,
                "as it wants to be",
                Arbiter.Decide([], At.Second(0))
            ))
            .ToList();
        var status = SelectionStatus.Of(Selection(items), states, Direction.None, ["ebb-system"], At.Second(1));
        Assert.Equal((WorkloadPhase.Awake, 12), (status.Phase, status.Selected));
        Assert.Equal(items.Take(10).Select(item => $"shop/{item.Item2}"), status.Workloads);
        Assert.Equal(
            "12 selected: 10 awake, 1 refused; shop/w05: as it wants to be; "
                + "1 follow another UpsScaler: shop/w03 (shop/own)",
            status.Reason
        );
        Assert.True(
            SelectionStatus.IsShown(
                status,
                SelectionStatus.Of(Selection(items), states, Direction.None, null, At.Second(9))
            )
        );
    }

    [Fact]
    public void What_is_wrong_or_not_known_is_told()
    {
        Assert.Equal(
            (
                WorkloadPhase.Refused,
                "spec.namespaceSelector: expected none: only an UpsScaler in ebb-system "
                    + "(Tenancy__AdminNamespaces) may mean others"
            ),
            Told(Selection([]) with { SelectsNamespaces = true })
        );
        Assert.Equal(
            (WorkloadPhase.Unknown, "Deployment have not been read yet"),
            Told(Selection([]) with { Selected = new SelectedWorkloads([], "Deployment have not been read yet") })
        );
        Assert.Equal((WorkloadPhase.Awake, "no workload has these labels"), Told(Selection([])));

        static (WorkloadPhase, string) Told(UpsScalerSelection selection) =>
            SelectionStatus.Of(selection, [], Direction.None, ["ebb-system"], At.Second(0)) is var status
                ? (status.Phase, status.Reason)
                : default;
    }

    private static UpsScalerSelection Selection(IReadOnlyList<(string, string)> items) =>
        new(
            Scaler("many", "", selects: false) with
            {
                TargetName = null,
            },
            Deployment,
            [],
            false,
            new SelectedWorkloads(items)
        );
}
