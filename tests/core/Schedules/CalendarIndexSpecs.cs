using Ebb.Core.Selection;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using Ebb.Core.Workloads;
using static Ebb.Core.Tests.Schedules.Texts;

namespace Ebb.Core.Tests.Schedules;

/// <summary>Schedules and the calendars that they name.</summary>
public class CalendarIndexSpecs
{
    private readonly Dictionary<string, ObjectLookup> _maps = [];
    private readonly List<string> _read = [];
    private readonly HashSet<string> _unread = [];
    private readonly ScheduleIndex _index;

    public CalendarIndexSpecs() =>
        _index = new ScheduleIndex(
            (_, name) => _maps.GetValueOrDefault(name) ?? new ObjectLookup.Absent("it"),
            (map, key, name, _) =>
            {
                var text = map.Data![key];
                if (_unread.Contains(text))
                    return null;
                _read.Add(text);
                return text == "bad"
                    ? CalendarReading.Unreadable(new SpecFault(name, "a calendar", text))
                    : CalendarReading.None;
            },
            (_, _) => new SelectedWorkloads([])
        );

    [Fact]
    public void A_calendar_is_read_once_for_all_that_name_it_whatever_else_changes()
    {
        _maps["days"] = Map("good");
        Update(Schedule("a", 1), Schedule("b", 1));
        Update(Schedule("a", 2), Schedule("b", 1));
        Update(Schedule("a", 2), Schedule("b", 1));
        Update(Schedule("a", 3), Schedule("b", 2));
        Assert.Equal(["good"], _read);
        _maps["days"] = Map("better");
        Update(Schedule("a", 3), Schedule("b", 2));
        Assert.Equal(["good", "better"], _read);
    }

    [Fact]
    public void A_calendar_that_is_being_read_keeps_only_its_own_Schedules_waiting_until_it_is_read()
    {
        _maps["days"] = Map("good");
        _unread.Add("good");
        Update(Schedule("a", 1));
        Assert.True(Assert.Single(_index.Entries).Pending);
        Update(Schedule("a", 1));
        Assert.True(Assert.Single(_index.Entries).Pending);
        _unread.Clear();
        Update(Schedule("a", 1));
        Assert.False(Assert.Single(_index.Entries).Pending);
        Update(Schedule("a", 1));
        Assert.Equal(["good"], _read);
    }

    [Theory]
    [InlineData("good", true, false)]
    [InlineData("bad", false, false)]
    [InlineData(null, false, false)]
    [InlineData("forbidden", false, false)]
    [InlineData("not read yet", false, true)]
    public void Only_a_calendar_that_is_known_lets_a_Schedule_be_in_force_whatever_was_before(
        string? now,
        bool inForce,
        bool pending
    )
    {
        foreach (var before in new[] { null, "good", "bad" })
        {
            Set(before);
            Update(Schedule("a", 1));
            Set(now);
            Update(Schedule("a", 1));
            var entry = Assert.IsType<TargetEntry>(Assert.Single(_index.Entries));
            Assert.Equal((pending, "web"), (entry.Pending, entry.Name));
            Assert.Equal(inForce ? 5 : null, entry.Timetable!.At(Utc("2026-01-15T12:00")).Bounds.Min);
            Assert.Equal(inForce || pending, entry.Members[0].Faults.Count == 0);
        }
    }

    private void Set(string? text) =>
        _maps["days"] = text switch
        {
            null => new ObjectLookup.Absent("it"),
            "forbidden" => new ObjectLookup.Unknown(text, Lasting: true),
            "not read yet" => new ObjectLookup.Unknown(text, Lasting: false),
            _ => Map(text),
        };

    private void Update(params ObjectView[] schedules) =>
        _index.Update(ScheduleObjects.Nothing with { Synced = true, Schedules = schedules });

    private static ObjectLookup.Found Map(string text) =>
        new(
            new ObjectView
            {
                Ref = new ObjectRef("v1", "ConfigMap", "shop", "days"),
                Uid = "days",
                ResourceVersion = "",
                Data = new Dictionary<string, string> { ["days.ics"] = text },
            }
        );

    private static ObjectView Schedule(string name, int version) =>
        new()
        {
            Ref = new ObjectRef("autoscaling.d-kuro.github.io/v1", "Schedule", "shop", name),
            Uid = name,
            ResourceVersion = $"{version}",
            Spec = Json(
                "{'scaleTargetRef':{'kind':'Deployment','name':'web'},'type':'Daily','startTime':'08:00',"
                    + "'endTime':'17:00','minReplicas':5,'excludeCalendarRef':{'name':'days'}}"
            ),
        };
}
