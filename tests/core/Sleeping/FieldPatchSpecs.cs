using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Tests.Sleeping;

public class FieldPatchSpecs
{
    private static ObjectFields Fields(string spec) =>
        new(
            new Dictionary<string, string> { ["example.com/a"] = "1" },
            new Dictionary<string, string>(),
            JsonElement.Parse(spec.Replace('\'', '"')),
            null
        );

    // Of several fields somebody changes one back: only that is written again.
    [Theory]
    [InlineData("{'spec':{'a':1,'b':null}}", "{'spec':{'b':null}}", true)]
    [InlineData("{'spec':{'a':{'x':1,'y':2}}}", "{'spec':{'a':{'y':2}}}", true)]
    [InlineData("{'spec':{'a':1}}", "{'spec':{'a':2}}", false)]
    [InlineData("{'spec':{'a':1}}", "{'metadata':{'a':1}}", false)]
    [InlineData("{'spec':{'a':null}}", "{'spec':{'b':null}}", false)]
    public void A_patch_asks_again_when_it_gives_some_field_the_same_value(string first, string second, bool again)
    {
        var on = new ObjectRef("a.example/v1", "Widget", "shop", "web");
        var attempt = After(null, first);
        attempt = After(attempt, second);
        Assert.Equal((2, again), (attempt.Count, attempt.IsUndone));

        Attempt After(Attempt? before, string patch) =>
            Attempt.After(
                before,
                Direction.Down,
                At.Second(0),
                null,
                [new Write.Merge(on, "u", "1", patch.Replace('\'', '"'))]
            );
    }

    [Theory]
    // What is so already needs no patch, however it is written.
    [InlineData("{'a':0}", "spec.a", "0", null)]
    [InlineData("{'a':1.0}", "spec.a", "1", null)]
    [InlineData("{}", "spec.a", null, null)]
    [InlineData("{'a':null}", "spec.a", null, null)]
    [InlineData("{'a':2}", "spec.a", "0", "{'spec':{'a':0}}")]
    [InlineData("{}", "spec.a.b", "true", "{'spec':{'a':{'b':true}}}")]
    [InlineData("{'a':{'b':1,'c':2}}", "spec.a.b", null, "{'spec':{'a':{'b':null}}}")]
    [InlineData(
        "{}",
        "metadata.annotations['example.com/a']",
        "'2'",
        "{'metadata':{'annotations':{'example.com/a':'2'}}}"
    )]
    [InlineData("{}", "metadata.annotations['example.com/a']", "'1'", null)]
    // A merge patch keeps members of an object that it does not name.
    [InlineData("{'a':{'b':1,'c':2}}", "spec.a", "{'c':3}", "{'spec':{'a':{'c':3,'b':null}}}")]
    [InlineData("{'a':[1,2]}", "spec.a", "[2]", "{'spec':{'a':[2]}}")]
    [InlineData("{'a':'off'}", "spec.a", "{'b':1}", "{'spec':{'a':{'b':1}}}")]
    public void A_field_is_given_its_value(string spec, string path, string? value, string? patch) =>
        Assert.Equal(
            patch?.Replace('\'', '"'),
            FieldPatch.Of(Fields(spec), [new FieldValue(path, value?.Replace('\'', '"'))])
        );

    [Theory]
    [InlineData("{'x':1}", "spec.a.b.c", "spec.a")]
    [InlineData("{'a':{}}", "spec.a.b.c", "spec.a.b")]
    [InlineData("{'a':{'b':{}}}", "spec.a.b.c", null)]
    [InlineData("{'a':{'b':{'d':1}}}", "spec.a.b.c", null)]
    public void What_was_absent_around_a_field_is_remembered(string spec, string path, string? from) =>
        Assert.Equal(new FieldValue(path, null, from), Fields(spec).Keep(FieldPath.Parse(path)!));

    [Theory]
    [InlineData("{'a':{'b':{'c':1,'d':2}}}", "{'spec':{'a':null}}")]
    // Somebody has put something beside it meanwhile.
    [InlineData("{'a':{'b':{'c':1,'d':2,'e':3}}}", "{'spec':{'a':{'b':{'c':null,'d':null}}}}")]
    [InlineData("{'a':{'b':{'c':1,'d':2},'e':3}}", "{'spec':{'a':{'b':null}}}")]
    public void Objects_that_were_absent_go_again_when_nothing_else_is_in_them(string now, string patch) =>
        Assert.Equal(
            patch.Replace('\'', '"'),
            FieldPatch.Of(
                Fields(now),
                [new FieldValue("spec.a.b.c", null, "spec.a"), new FieldValue("spec.a.b.d", null, "spec.a")]
            )
        );

    [Theory]
    [InlineData("{'a':1}", "{'a':1,'b':2}", true)]
    [InlineData("{'a':1}", "{'b':2}", false)]
    [InlineData("{'a':null}", "{'b':2}", true)]
    [InlineData("{'a':null}", "{'a':2}", false)]
    [InlineData("{'a':{'b':null}}", "{}", true)]
    [InlineData("{'a':{'b':1}}", "{}", false)]
    public void It_is_seen_whether_the_server_kept_a_patch(string patch, string answer, bool kept) =>
        Assert.Equal(
            kept,
            FieldPatch.IsIn(JsonElement.Parse(patch.Replace('\'', '"')), JsonElement.Parse(answer.Replace('\'', '"')))
        );

    /// <summary>Sleep and wake over random objects: what comes back is what was, to the last member.</summary>
    [FsCheck.Xunit.Property(MaxTest = 500)]
    public void Given_back_is_exactly_what_was(int seed)
    {
        var random = new Random(seed);
        var began = Object(random, 3);
        List<FieldValue> sleep =
        [
            .. Enumerable
                .Range(0, random.Next(1, 4))
                .Select(_ => string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Name(random))))
                .Distinct()
                .Select(path => new FieldValue($"spec.{path}", random.Next(3) == 0 ? null : "\"asleep\"")),
        ];
        var paths = sleep.Select(field => FieldPath.Parse(field.Path)!).ToList();
        // The reader and the strategy refuse fields inside one another and inside what is no object.
        if (
            paths.Exists(one => paths.Exists(other => other != one && one.Text.StartsWith(other.Text + ".")))
            || paths.Exists(path => IsInsideAValue(began, path))
        )
            return;
        var kept = paths.ConvertAll(Of(began).Keep);
        var asleep = Patched(began, FieldPatch.Of(Of(began), sleep));
        Assert.Null(FieldPatch.Of(Of(asleep), sleep));
        var ended = Patched(asleep, FieldPatch.Of(Of(asleep), kept));
        Assert.True(JsonNode.DeepEquals(began, ended), $"was {began.ToJsonString()}, is {ended.ToJsonString()}");
    }

    private static bool IsInsideAValue(JsonObject began, FieldPath path)
    {
        JsonNode? at = began;
        foreach (var name in path.Members.Skip(1).SkipLast(1))
        {
            at = at![name];
            if (at is null)
                return false;
            if (at is not JsonObject)
                return true;
        }
        return false;
    }

    private static string Name(Random random) => "abc"[random.Next(3)].ToString();

    private static JsonObject Object(Random random, int depth)
    {
        var made = new JsonObject();
        for (var i = random.Next(4); i > 0; i--)
            made[Name(random)] = random.Next(depth > 0 ? 4 : 2) switch
            {
                0 => random.Next(3),
                1 => new JsonArray(random.Next(2), "x"),
                _ => Object(random, depth - 1),
            };
        return made;
    }

    private static ObjectFields Of(JsonObject spec) =>
        new(
            new Dictionary<string, string>(),
            new Dictionary<string, string>(),
            JsonElement.Parse(spec.ToJsonString()),
            null
        );

    private static JsonObject Patched(JsonObject spec, string? patch) =>
        patch is null
            ? spec
            : (JsonObject)Merge(new JsonObject { ["spec"] = spec.DeepClone() }, JsonNode.Parse(patch))!["spec"]!;

    /// <summary>RFC 7396, section 2.</summary>
    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = Merge(merged[name]?.DeepClone(), value);
        return merged;
    }
}
