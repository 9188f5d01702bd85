using System.Text.Json;
using Ebb.Core.Settings;
using Ebb.Core.Time.Specs;
using NodaTime;

namespace Ebb.Core.Hooks;

/// <summary>Reads <c>spec.hook</c> of an UpsScaler whole, with every fault.</summary>
public static class HookReader
{
    internal static readonly Duration Longest = Duration.FromHours(1);
    private const int MostRetries = 10;

    /// <summary>What it says, or everything that is wrong with it.</summary>
    public static Parsed<HookSpec> Read(JsonElement hook)
    {
        List<SpecFault> faults = [];
        var reader = new SpecReader(hook, "spec.hook", faults);
        if (hook.ValueKind != JsonValueKind.Object)
            reader.Root("spec.hook", "an object", "something else");
        const string kinds = "job, http or nut";
        HookKind? kind = null;
        switch (reader.Text("type", kinds))
        {
            case "job":
                kind = HookKind.Job;
                break;
            case "http":
                kind = HookKind.Http;
                break;
            case "nut":
                kind = HookKind.Nut;
                break;
            case { } other:
                reader.Fault("type", kinds, SpecFault.Quoted(other));
                break;
            default:
                break;
        }
        var (down, up) = Ways(reader);
        var spec = new HookSpec(kind ?? HookKind.Job)
        {
            Deadline = Time(reader, "deadline"),
            Retries = reader.Whole("retries", 0, MostRetries) ?? 0,
            Required = reader.Flag("required"),
            Drill = reader.Member("drill") is null || reader.Flag("drill"),
            Down = down,
            Up = up,
            CronJob = kind == HookKind.Job ? Name(reader, "cronJob", "the name of a CronJob") : null,
            Http = kind == HookKind.Http ? HttpHookReader.Read(reader.Object("http", required: true)) : null,
            Nut = kind == HookKind.Nut ? NutHookReader.Read(reader.Object("nut", required: true)) : null,
        };
        return Parsed<HookSpec>.Of(spec, faults);
    }

    /// <summary>A time above zero and at most an hour; null: it is absent, or wrong and told.</summary>
    internal static Duration? Time(SpecReader reader, string member)
    {
        const string expected = "a time from 1s to 1h, such as 90s or 5min";
        if (reader.Member(member) is null || reader.Text(member, expected) is not { } text)
            return null;
        if (DurationText.Parse(text) is { } time && time >= Duration.FromSeconds(1) && time <= Longest)
            return time;
        reader.Fault(member, expected, SpecFault.Quoted(text));
        return null;
    }

    /// <summary>The name of an object; empty: it is wrong, and told.</summary>
    internal static string Name(SpecReader reader, string member, string expected)
    {
        if (reader.Text(member, expected) is not { } name)
            return "";
        if (Waves.UpsScalerValidation.IsName(name))
            return name;
        reader.Fault(member, expected, SpecFault.Quoted(name));
        return "";
    }

    /// <summary>
    /// The member <c>on</c>. Clients that read YAML 1.1 take it for a truth where it is not quoted, and send it by that
    /// name.
    /// </summary>
    internal static string On(SpecReader reader) =>
        reader.Member("on") is null && reader.Member("true") is not null ? "true" : "on";

    private static (bool Down, bool Up) Ways(SpecReader reader)
    {
        var on = On(reader);
        var ways = reader.Texts(on);
        if (reader.Member(on) is null)
            return (true, true);
        foreach (var (path, text) in ways.Where(way => way.Text is not ("down" or "up")))
            reader.Root(path, "down or up", SpecFault.Quoted(text));
        if (ways.Count == 0)
            reader.Fault(on, "down, up, or both", "neither");
        return (ways.Any(way => way.Text == "down"), ways.Any(way => way.Text == "up"));
    }
}
