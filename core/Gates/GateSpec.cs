using System.Text.Json;
using Ebb.Core.Hooks;
using Ebb.Core.Time.Specs;
using NodaTime;

namespace Ebb.Core.Gates;

/// <summary>Reads <c>spec.gates</c> of an UpsScaler whole, with every fault.</summary>
public static class GateSpec
{
    private const int Most = 8;
    private static readonly Duration Usual = Duration.FromMinutes(2);
    private static readonly string[] Kinds =
    [
        "volumesDetached",
        "nodesReady",
        "nodesAtLeast",
        "endpointsReady",
        "condition",
    ];

    /// <summary>What they say, or everything that is wrong with them.</summary>
    /// <param name="gates"><c>spec.gates</c>.</param>
    /// <param name="namespace">That of the UpsScaler.</param>
    public static Parsed<IReadOnlyList<Gate>> Read(JsonElement gates, string @namespace)
    {
        List<SpecFault> faults = [];
        if (gates.ValueKind != JsonValueKind.Array)
            return new(null, [new SpecFault("spec.gates", "a list", "something else")]);
        if (gates.GetArrayLength() > Most)
            faults.Add(new SpecFault("spec.gates", $"at most {Most}", $"{gates.GetArrayLength()}"));
        List<Gate> read = [];
        foreach (var (i, item) in gates.EnumerateArray().Take(Most).Index())
            if (Read(new SpecReader(item, $"spec.gates[{i}]", faults), @namespace) is { } gate)
                read.Add(gate);
        return Parsed<IReadOnlyList<Gate>>.Of(read, faults);
    }

    private static Gate? Read(SpecReader item, string @namespace)
    {
        var named = Kinds.Where(kind => item.Member(kind) is not null).ToList();
        if (named.Count != 1)
        {
            item.Fault(
                named.Count == 0 ? Kinds[0] : named[1],
                $"one of {string.Join(", ", Kinds)}",
                named.Count == 0 ? "none of them" : string.Join(" and ", named)
            );
            return null;
        }
        var deadline = HookReader.Time(item, "deadline") ?? Usual;
        var down = IsDown(item, named[0] == "volumesDetached");
        if (named[0] is "volumesDetached" or "nodesReady" && !item.Flag(named[0]))
            item.Fault(named[0], "true", "something else");
        return named[0] switch
        {
            "volumesDetached" => new Gate(GateKind.VolumesDetached, down, deadline),
            "nodesReady" => new Gate(GateKind.NodesReady, down, deadline),
            "nodesAtLeast" => new Gate(GateKind.NodesReady, down, deadline)
            {
                Nodes = item.Whole("nodesAtLeast", 1, 5000, required: true),
            },
            "endpointsReady" => new Gate(GateKind.EndpointsReady, down, deadline)
            {
                Service = HookReader.Name(item, "endpointsReady", "the name of a Service in this namespace"),
            },
            _ => new Gate(GateKind.Condition, down, deadline)
            {
                Condition = ReadCondition(item.Object("condition", required: true), @namespace),
            },
        };
    }

    private static bool IsDown(SpecReader item, bool otherwise)
    {
        const string expected = "down or up";
        var on = HookReader.On(item);
        if (item.Member(on) is null)
            return otherwise;
        var way = item.Text(on, expected);
        if (way is not (null or "down" or "up"))
            item.Fault(on, expected, SpecFault.Quoted(way));
        return way == "down";
    }

    private static GateCondition ReadCondition(SpecReader reader, string @namespace)
    {
        const string statuses = "True, False or Unknown";
        var status = reader.Member("status") is null ? "True" : reader.Text("status", statuses);
        if (status is not (null or "True" or "False" or "Unknown"))
            reader.Fault("status", statuses, SpecFault.Quoted(status));
        return new GateCondition(
            reader.Text("apiVersion", "group/version, such as ceph.rook.io/v1") ?? "",
            reader.Text("kind", "a kind, such as CephCluster") ?? "",
            reader.Text("namespace") ?? @namespace,
            HookReader.Name(reader, "name", "the name of an object"),
            reader.Text("type", "the type of a condition, such as Ready") ?? "",
            status ?? "True"
        );
    }
}
