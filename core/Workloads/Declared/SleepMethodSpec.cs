using System.Text.Json;
using Ebb.Core.Time.Specs;

namespace Ebb.Core.Workloads.Declared;

/// <summary>Reads the spec of a SleepMethod whole, with every fault.</summary>
public static class SleepMethodSpec
{
    private static readonly string[] Signals = ["pods", "asleep", "awake"];
    private const int MostFields = 16;
    private const int LongestValue = 1024;

    /// <summary>What it says, or everything that is wrong with it.</summary>
    /// <param name="name">Of the SleepMethod.</param>
    /// <param name="spec">Its spec; null: it has none.</param>
    public static Parsed<DeclaredMethod> Read(string name, JsonElement? spec)
    {
        List<SpecFault> faults = [];
        var reader = new SpecReader(spec, "spec", faults);
        var (apiVersion, kind) = ReadKind(reader.Object("for", required: true));
        var sleep = reader.Object("sleep", required: true);
        var pods = ReadPods(reader);
        var method = new DeclaredMethod(
            name,
            apiVersion,
            kind,
            ReadSleep(sleep),
            pods,
            ReadSignals(reader, "asleep", "noPods", pods is not null),
            ReadSignals(reader, "awake", "podsReady", pods is not null)
        );
        if (sleep.Flag("scale"))
        {
            if (method.Sleep.Count > 0)
                sleep.Fault("scale", "either scale or fields, annotations and labels", "both");
            foreach (var member in Signals.Where(one => reader.Member(one) is not null))
                reader.Fault(member, "nothing beside sleep.scale, of which the pods tell", "something");
        }
        else if (method.Sleep.Count == 0 && faults.Count == 0)
            reader.Fault("sleep", "scale: true, or at least one of fields, annotations and labels", "none of them");
        return Parsed<DeclaredMethod>.Of(method, faults);
    }

    /// <summary>The kind in the version in which an UpsScaler names it.</summary>
    private static (string ApiVersion, string Kind) ReadKind(SpecReader reader)
    {
        var group = reader.Text("group") ?? "core";
        var version = reader.Text("version", "a version, such as v1") ?? "";
        var kind = reader.Text("kind", "a kind, such as VirtualMachine") ?? "";
        if (version.Length == 0 || kind.Length == 0)
            return ("", "");
        if (WorkloadType.OfUpsScaler($"{group}/{version}/{kind}") is not { } type)
            reader.Fault("kind", "words without a slash or a space", SpecFault.Quoted($"{group}/{version}/{kind}"));
        else if (WorkloadType.IsKnown(type.ApiVersion, type.Kind))
            reader.Fault(
                "kind",
                $"a kind that Ebb has no way for; {type.Kind} sleeps as type {type.Name}",
                SpecFault.Quoted(kind)
            );
        else
            return (type.ApiVersion, type.Kind);
        return ("", "");
    }

    private static List<FieldValue> ReadSleep(SpecReader sleep)
    {
        List<FieldValue> fields =
        [
            .. sleep.Objects("fields").Select(field => ReadField(field, ReadPath(field, "path", "spec"))),
            .. sleep.Objects("annotations").Select(one => ReadField(one, ReadName(one, FieldPath.Annotation), true)),
            .. sleep.Objects("labels").Select(one => ReadField(one, ReadName(one, FieldPath.Label), true)),
        ];
        var paths = fields.Select(field => field.Path).ToList();
        if (paths.Count > MostFields)
            sleep.Fault("fields", $"at most {MostFields} fields, annotations and labels in all", $"{paths.Count}");
        else if (paths.FirstOrDefault(one => paths.Exists(other => Holds(other, one))) is { } inner)
            sleep.Fault("fields", "no field inside another one", inner);
        else if (paths.GroupBy(path => path).FirstOrDefault(same => same.Count() > 1) is { } twice)
            sleep.Fault("fields", "each field once", $"{twice.Key} {twice.Count()} times");
        return fields;
    }

    private static bool Holds(string outer, string inner) =>
        inner.Length > outer.Length
        && inner.StartsWith(outer, StringComparison.Ordinal)
        && inner[outer.Length] is '.' or '[';

    private static WorkloadSignals ReadSignals(SpecReader spec, string member, string podsFlag, bool hasPods)
    {
        var reader = spec.Object(member, required: false);
        var pods = reader.Flag(podsFlag);
        if (pods && !hasPods)
            reader.Fault(podsFlag, "spec.pods beside it, which says whose pods are meant", "true");
        return new WorkloadSignals(
            pods,
            [.. reader.Objects("fields").Select(one => ReadField(one, ReadPath(one, "path", "status", "spec")))],
            [
                .. reader
                    .Objects("conditions")
                    .Select(one => new ConditionValue(
                        one.Text("type", "the type of a condition") ?? "",
                        ReadStatus(one)
                    )),
            ]
        );
    }

    private static string ReadStatus(SpecReader condition)
    {
        const string expected = "True, False or Unknown";
        var status = condition.Text("status", expected);
        if (status is not (null or "True" or "False" or "Unknown"))
            condition.Fault("status", expected, SpecFault.Quoted(status));
        return status ?? "";
    }

    private static OwnPods? ReadPods(SpecReader spec)
    {
        if (spec.Member("pods") is null)
            return null;
        var reader = spec.Object("pods", required: true);
        var selector = reader.Member("selector") is null ? null : ReadPath(reader, "selector", "spec");
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        var wanted = reader.Object("labels", required: false);
        if (reader.Member("labels") is { ValueKind: JsonValueKind.Object } written)
            foreach (var label in written.EnumerateObject())
                labels[label.Name] = wanted.Text(label.Name, "a text") ?? "";
        if (labels.Count == 0 && selector is null)
            spec.Fault("pods", "labels of its pods, or where its selector is", "neither");
        else if (labels.Count > 0 && selector is not null)
            spec.Fault("pods", "either labels or selector", "both");
        return new OwnPods(labels, selector);
    }

    private static FieldPath? ReadPath(SpecReader reader, string member, params string[] roots)
    {
        var expected =
            $"a path such as {roots[0]}.a.b or {roots[0]}.a[\"x.y/z\"] of at most {FieldPath.MostMembers} names";
        if (reader.Text(member, expected) is not { } text)
            return null;
        if (FieldPath.Parse(text) is { Members.Count: > 1 } path && roots.Contains(path.Members[0]))
            return path;
        reader.Fault(member, expected, SpecFault.Quoted(text));
        return null;
    }

    private static FieldPath? ReadName(SpecReader reader, Func<string, FieldPath> place)
    {
        const string expected = "a name such as example.com/paused";
        if (reader.Text("name", expected) is not { } text)
            return null;
        if (FieldPath.Parse($"metadata.annotations[\"{text}\"]") is { Members.Count: 3 })
            return place(text);
        reader.Fault("name", expected, SpecFault.Quoted(text));
        return null;
    }

    private static FieldValue ReadField(SpecReader reader, FieldPath? path, bool isText = false)
    {
        var expected = isText ? "a text, or absent: true" : "a text, a number, true or false, or absent: true";
        var value = reader.Member("value");
        var absent = reader.Flag("absent");
        if (absent && value is not null)
            reader.Fault("value", "nothing beside absent: true", $"{value.Value.ValueKind}");
        else if (!absent && value is null)
            reader.Fault("value", expected, "nothing");
        else if (value is { } given && !IsTaken(given, isText))
            reader.Fault("value", expected, $"{given.ValueKind}");
        else if (value?.GetRawText().Length is > LongestValue and var length)
            reader.Fault("value", $"at most {LongestValue} characters", $"{length}");
        return new FieldValue(path?.Text ?? "", absent ? null : value?.GetRawText());
    }

    private static bool IsTaken(JsonElement value, bool isText) =>
        value.ValueKind == JsonValueKind.String
        || (!isText && value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False);
}
