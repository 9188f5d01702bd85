using Ebb.Core.Selection;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using Ebb.Core.Workloads;
using static Ebb.Core.Tests.Schedules.Texts;

namespace Ebb.Core.Tests.Schedules;

/// <summary>Schedules that select their workloads by labels.</summary>
public class SelectionSpecs
{
    private static readonly string[] Places = ["dev-a", "dev-b", "prod", "ebb-system"];
    private static readonly string[] Words = ["a", "b", "c"];

    [Theory]
    [InlineData("{'selector':{}}", "a/x b/y")]
    [InlineData("{'selector':{'matchLabels':{'env':'dev'}}}", "a/x")]
    [InlineData("{'selector':{'matchExpressions':[{'key':'env','operator':'NotIn','values':['dev']}]}}", "b/y")]
    [InlineData("{'selector':{'matchExpressions':[{'key':'env','operator':'In','values':['dev','qa']}]}}", "a/x")]
    [InlineData("{'selector':{'matchExpressions':[{'key':'env','operator':'DoesNotExist'}]}}", "b/y")]
    [InlineData("{'selector':{'matchExpressions':[{'key':'tier','operator':'Exists'}]}}", "")]
    [InlineData("{'selector':{},'exclude':{'names':['x']}}", "b/y")]
    [InlineData("{'selector':{},'exclude':{'names':['b/y']}}", "a/x")]
    [InlineData("{'selector':{},'exclude':{'names':['a/y']}}", "a/x b/y")]
    [InlineData("{'selector':{},'exclude':{'selector':{'matchLabels':{'env':'dev'}}}}", "b/y")]
    public void It_means_what_a_selector_of_the_API_means(string reference, string meant)
    {
        var selection = Read(reference).Selection!;
        (string Place, string Name, Dictionary<string, string> Labels)[] all =
        [
            ("a", "x", new() { ["env"] = "dev" }),
            ("b", "y", []),
        ];
        Assert.Equal(
            meant,
            string.Join(
                ' ',
                all.Where(one => selection.Selects(one.Place, one.Name, one.Labels))
                    .Select(one => $"{one.Place}/{one.Name}")
            )
        );
    }

    [Theory]
    [InlineData("{'selector':{},'name':'x'}", "spec.scaleTargetRef.name")]
    [InlineData("{'namespaceSelector':{}}", "spec.scaleTargetRef.selector")]
    [InlineData("{'selector':{'matchLabel':{}}}", "spec.scaleTargetRef.selector.matchLabel")]
    [InlineData("{'selector':{'matchLabels':{'a':1}}}", "spec.scaleTargetRef.selector.matchLabels[\"a\"]")]
    [InlineData(
        "{'selector':{'matchExpressions':[{'key':'a','operator':'Gt','values':['1']}]}}",
        "spec.scaleTargetRef.selector.matchExpressions[0].operator"
    )]
    [InlineData(
        "{'selector':{'matchExpressions':[{'key':'a','operator':'In'}]}}",
        "spec.scaleTargetRef.selector.matchExpressions[0].values"
    )]
    [InlineData(
        "{'selector':{'matchExpressions':[{'key':'a','operator':'Exists','values':['b']}]}}",
        "spec.scaleTargetRef.selector.matchExpressions[0].values"
    )]
    [InlineData("{'selector':{},'exclude':{'name':'x'}}", "spec.scaleTargetRef.exclude.name")]
    public void What_is_wrong_is_named_with_its_path(string reference, string path)
    {
        var parsed = ScheduleSpec.Read("x", Spec(reference), (_, _) => CalendarReading.None);
        Assert.Null(parsed.Value);
        Assert.Equal(path, Assert.Single(parsed.Faults).Path);
    }

    [Fact]
    public void Only_a_Schedule_in_an_admin_namespace_selects_in_other_namespaces()
    {
        var asked = 0;
        var index = new ScheduleIndex(
            (_, _) => new ObjectLookup.Absent("it"),
            (_, _, _, _) => CalendarReading.None,
            (_, _) =>
            {
                asked++;
                return new SelectedWorkloads([("prod", "web")]);
            },
            ["ebb-system"]
        );
        const string Everywhere = "{'selector':{},'namespaceSelector':{}}";
        index.Update(World(Schedule("prod", "mine", Everywhere)));
        var entry = Assert.IsType<SelectionEntry>(Assert.Single(index.Entries));
        Assert.Equal("spec.scaleTargetRef.namespaceSelector", Assert.Single(entry.Member.Faults).Path);
        Assert.Equal(0, asked);
        index.Update(World(Schedule("ebb-system", "all", Everywhere)));
        Assert.Equal(["ebb-system all", "prod web"], Names(index));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_being_read_for_the_first_time_is_waited_for_and_what_cannot_be_read_is_told(bool first)
    {
        var index = new ScheduleIndex(
            (_, _) => new ObjectLookup.Absent("it"),
            (_, _, _, _) => CalendarReading.None,
            (_, _) => new SelectedWorkloads([], "cannot watch namespaces: forbidden") { IsPending = first }
        );
        index.Update(World(Schedule("prod", "night", "{'selector':{}}")));
        Assert.Equal(first, index.Entries.OfType<SelectionEntry>().Single().Pending);
    }

    [Fact]
    public void While_it_is_not_known_what_is_selected_nothing_becomes_what_it_was()
    {
        var selected = new SelectedWorkloads([], "Namespaces have not been read yet");
        var index = new ScheduleIndex(
            (_, _) => new ObjectLookup.Absent("it"),
            (_, _, _, _) => CalendarReading.None,
            (_, _) => selected
        );
        var stored = new StoredBaseline(
            new BaselineKey(BaselineSource.Schedule, "deployment", "prod", "web"),
            new Baseline("uid", null, 3),
            BaselineNotes.None,
            new ObjectRef("ebb.dev/v1alpha1", "Baseline", "ebb-system", "x"),
            "u",
            "1"
        );
        var world = World(Schedule("prod", "night", "{'selector':{}}")) with { Baselines = [stored], Whole = true };
        index.Update(world);
        Assert.True(index.Entries.OfType<TargetEntry>().Single().Pending);
        selected = new SelectedWorkloads([("prod", "web")]);
        index.Update(world);
        var web = index.Entries.OfType<TargetEntry>().Single();
        Assert.Equal((false, 1), (web.Pending, web.Members.Count));
        selected = new SelectedWorkloads([]);
        index.Update(world);
        web = index.Entries.OfType<TargetEntry>().Single();
        Assert.Equal((false, 0), (web.Pending, web.Members.Count));
    }

    [Fact]
    public void Whatever_comes_and_goes_every_workload_is_under_exactly_the_Schedules_that_mean_it()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            List<(string Place, string Name, Dictionary<string, string> Labels)> workloads = [];
            var places = Places.ToDictionary(place => place, _ => Labels(random));
            Dictionary<(WorkloadSelection, string), SelectedWorkloads> known = [];
            var index = new ScheduleIndex(
                (_, _) => new ObjectLookup.Absent("it"),
                (_, _, _, _) => CalendarReading.None,
                (selection, own) =>
                {
                    List<(string, string)> items =
                    [
                        .. workloads
                            .Where(w => selection.Namespaces?.Selects(places[w.Place]) ?? w.Place == own)
                            .Where(w => selection.Selects(w.Place, w.Name, w.Labels))
                            .Select(w => (w.Place, w.Name)),
                    ];
                    return known.TryGetValue((selection, own), out var before) && before.Items.SequenceEqual(items)
                        ? before
                        : known[(selection, own)] = new SelectedWorkloads(items);
                },
                ["ebb-system"]
            );
            for (var step = 0; step < 10; step++)
            {
                if (random.Next(3) == 0 && workloads.Count > 0)
                    workloads.RemoveAt(random.Next(workloads.Count));
                workloads.Add((Pick(random, Places), $"w{step}", Labels(random)));
                places[Pick(random, Places)] = Labels(random);
                List<(string Place, string Key, string Value, string? PlaceValue)> asked = [];
                for (var i = 0; i < 4; i++)
                    asked.Add(
                        (
                            Pick(random, Places),
                            Pick(random, Words),
                            Pick(random, Words),
                            random.Next(2) == 0 ? Pick(random, Words) : null
                        )
                    );
                index.Update(
                    World([
                        .. asked.Select(
                            (one, i) =>
                                Schedule(
                                    one.Place,
                                    $"s{i}",
                                    $"{{'selector':{{'matchLabels':{{'{one.Key}':'{one.Value}'}}}}"
                                        + (
                                            one.PlaceValue is { } value
                                                ? $",'namespaceSelector':{{'matchLabels':{{'a':'{value}'}}}}}}"
                                                : "}"
                                        ),
                                    $"{seed}-{step}-{i}"
                                )
                        ),
                    ])
                );
                var found = index.Entries.OfType<TargetEntry>().ToDictionary(e => $"{e.Namespace}/{e.Name}");
                foreach (var (place, name, labels) in workloads)
                {
                    var expected = asked
                        .Select((one, i) => (one, Name: $"s{i}"))
                        .Where(s =>
                            labels.GetValueOrDefault(s.one.Key) == s.one.Value
                            && (
                                s.one.PlaceValue is null
                                    ? s.one.Place == place
                                    : s.one.Place == "ebb-system"
                                        && places[place].GetValueOrDefault("a") == s.one.PlaceValue
                            )
                        )
                        .Select(s => s.Name);
                    var actual = found.GetValueOrDefault($"{place}/{name}")?.Members.Select(m => m.Seen.Ref.Name) ?? [];
                    Assert.True(expected.SequenceEqual(actual), $"seed {seed}, step {step}: {place}/{name}");
                }
                Assert.Equal(found.Count, workloads.Count(w => found.ContainsKey($"{w.Place}/{w.Name}")));
            }
        }
    }

    private static string Pick(Random random, string[] of) => of[random.Next(of.Length)];

    private static Dictionary<string, string> Labels(Random random) =>
        Words.Where(_ => random.Next(2) == 0).ToDictionary(word => word, _ => Pick(random, Words));

    private static IEnumerable<string> Names(ScheduleIndex index) =>
        index.Entries.Select(entry => $"{entry.Namespace} {entry.Name}").Order();

    private static ScheduleSpec Read(string reference)
    {
        var parsed = ScheduleSpec.Read("x", Spec(reference), (_, _) => CalendarReading.None);
        Assert.Empty(parsed.Faults);
        return parsed.Value!;
    }

    private static System.Text.Json.JsonElement Spec(string reference) =>
        Json(
            $"{{'scaleTargetRef':{reference.Insert(1, "'kind':'Deployment',")},'type':'Daily','startTime':'08:00','endTime':'17:00','minReplicas':5}}"
        );

    private static ScheduleObjects World(params ObjectView[] schedules) =>
        ScheduleObjects.Nothing with
        {
            Synced = true,
            Schedules = schedules,
        };

    private static ObjectView Schedule(string place, string name, string reference, string version = "1") =>
        new()
        {
            Ref = new ObjectRef("autoscaling.d-kuro.github.io/v1", "Schedule", place, name),
            Uid = $"{place}/{name}",
            ResourceVersion = version,
            Spec = Spec(reference),
        };
}
