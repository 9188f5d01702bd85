using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

/// <summary>
/// One kind of object behind two groups: core/v1 and events.k8s.io/v1 name the same fields differently.
/// </summary>
internal static class EventResource
{
    private static readonly (string Core, string View)[] Renamed =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
        ("reportingComponent", "reportingController"),
    ];

    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "events",
            Singular = "event",
            Kind = "Event",
            ShortNames = ["ev"],
            Uncached = true,
            CreatesOnUpdate = true,
            Served =
            [
                new ServedVersion("", "v1")
                {
                    Schema = BuiltInSchemas.Of("Event"),
                    Selectable = Fields("involvedObject", "reportingComponent"),
                },
                new ServedVersion("events.k8s.io", "v1")
                {
                    Schema = BuiltInSchemas.Of("EventView"),
                    ToView = ToView,
                    FromView = FromView,
                    Selectable = Fields("regarding", "reportingController"),
                },
            ],
            Columns =
            [
                new("Last Seen", "string", 0, (o, now) => TableCells.Since(LastSeen(o), now))
                {
                    Description = "Time this event was last observed",
                },
                new("Type", "string", 0, (o, _) => o.Text("type") ?? "")
                {
                    Description = "Type of this event (Normal, Warning)",
                },
                new("Reason", "string", 0, (o, _) => o.Text("reason") ?? "")
                {
                    Description = "Reason for the transition",
                },
                new(
                    "Object",
                    "string",
                    0,
                    (o, _) =>
                        $"{o.Text("involvedObject", "kind")?.ToLowerInvariant()}/{o.Text("involvedObject", "name")}"
                ),
                new("Subobject", "string", 1, (o, _) => o.Text("involvedObject", "fieldPath") ?? ""),
                new(
                    "Source",
                    "string",
                    1,
                    (o, _) => o.Text("source", "component") ?? o.Text("reportingComponent") ?? ""
                ),
                new("Message", "string", 0, (o, _) => (o.Text("message") ?? "").Trim())
                {
                    Description = "A human-readable description of the status of this operation",
                },
                new(
                    "First Seen",
                    "string",
                    1,
                    (o, now) => TableCells.Since(o.Time("firstTimestamp") ?? o.Time("eventTime"), now)
                ),
                new(
                    "Count",
                    "string",
                    1,
                    (o, _) =>
                        (o.Whole("series", "count") ?? o.Whole("count") ?? 1).ToString(
                            System.Globalization.CultureInfo.InvariantCulture
                        )
                ),
                new("Name", "string", 1, (o, _) => o.Name()) { Format = "name" },
            ],
            Prepare = (o, _) =>
            {
                foreach (var nothing in (string[])["source"])
                {
                    o[nothing] ??= new JsonObject();
                }

                foreach (var text in (string[])["reportingComponent", "reportingInstance"])
                {
                    o[text] ??= "";
                }

                foreach (var time in (string[])["firstTimestamp", "lastTimestamp", "eventTime"])
                {
                    o.TryAdd(time, null);
                }
            },
            Validate = (o, old, errors) =>
            {
                // Events of events.k8s.io have an eventTime; those of core/v1 have none.
                if (
                    old is null
                    && o["eventTime"] is null
                    && o["firstTimestamp"] is null
                    && o.Text("source", "component") is null
                    && o.Text("reportingInstance")?.Length > 0
                )
                {
                    errors.Required("eventTime");
                }

                if (o["eventTime"] is not null && o.Text("reportingComponent") is { Length: 0 })
                {
                    errors.Required("reportingController");
                }

                if (o["eventTime"] is not null && o.Text("message")?.Length > 1024)
                {
                    errors.Invalid("message", "", "can have at most 1024 characters");
                }
            },
        };

    private static DateTimeOffset? LastSeen(JsonObject o) =>
        o.Time("series", "lastObservedTime")
        ?? o.Time("lastTimestamp")
        ?? o.Time("eventTime")
        ?? o.Time("metadata", "creationTimestamp");

    private static Dictionary<string, string[]> Fields(string about, string reporter) =>
        new()
        {
            [about + ".kind"] = ["involvedObject", "kind"],
            [about + ".namespace"] = ["involvedObject", "namespace"],
            [about + ".name"] = ["involvedObject", "name"],
            [about + ".uid"] = ["involvedObject", "uid"],
            [about + ".apiVersion"] = ["involvedObject", "apiVersion"],
            [about + ".resourceVersion"] = ["involvedObject", "resourceVersion"],
            [about + ".fieldPath"] = ["involvedObject", "fieldPath"],
            [reporter] = ["reportingComponent"],
            ["reason"] = ["reason"],
            ["type"] = ["type"],
            ["source"] = ["source", "component"],
        };

    private static JsonObject ToView(JsonObject core) =>
        Convert(core, "events.k8s.io/v1", Renamed.ToDictionary(r => r.Core, r => r.View));

    private static JsonObject FromView(JsonObject view) =>
        Convert(view, "v1", Renamed.ToDictionary(r => r.View, r => r.Core));

    private static JsonObject Convert(JsonObject from, string apiVersion, Dictionary<string, string> names)
    {
        var to = new JsonObject();
        foreach (var (name, value) in from)
        {
            to[names.GetValueOrDefault(name, name)] = value?.DeepClone();
        }

        to["apiVersion"] = apiVersion;
        return to;
    }
}
