using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.FunctionsHost;

/// <summary>What the Functions host finds in the folder that is published.</summary>
public sealed class ScriptRootSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task The_script_root_has_all_that_the_host_looks_for_and_no_local_settings()
    {
        var root = await PublishedFunctions.RootAsync();
        foreach (
            var file in new[] { "functions.metadata", "worker.config.json", "extensions.json", "Ebb.Functions.dll" }
        )
            Assert.True(File.Exists(Path.Combine(root, file)), file);
        // Without this hidden folder the host finds no function.
        Assert.True(
            File.Exists(
                Path.Combine(root, ".azurefunctions", "Microsoft.Azure.WebJobs.Extensions.FunctionMetadataLoader.dll")
            )
        );
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "host.json"), Stop),
            await File.ReadAllTextAsync(Path.Combine(root, "host.json"), Stop)
        );
        Assert.False(File.Exists(Path.Combine(root, "local.settings.json")), "it may hold secrets");
        Assert.Equal(
            "dotnet-isolated",
            (string?)(await JsonAsync(root, "worker.config.json"))["description"]!["language"]
        );
    }

    [LongFact]
    public async Task There_are_exactly_five_functions_with_their_triggers()
    {
        var found = (await JsonAsync(await PublishedFunctions.RootAsync(), "functions.metadata"))
            .AsArray()
            .ToDictionary(f => (string)f!["name"]!, f => f!["bindings"]![0]!);
        Assert.Equal(["Control", "Dashboard", "EvaluateSchedules", "PollUps", "View"], found.Keys.Order());
        Assert.Equal("%POLL_UPS_SCHEDULE%", (string?)found["PollUps"]["schedule"]);
        Assert.Equal("%EVALUATE_SCHEDULES_SCHEDULE%", (string?)found["EvaluateSchedules"]["schedule"]);
        Assert.Equal(["get", "head"], Methods(found["View"]));
        Assert.Equal(["post", "put", "delete"], Methods(found["Control"]));
        Assert.Equal(["get"], Methods(found["Dashboard"]));
        Assert.Equal(
            ["{*path}", "{*path}", "dashboard/{*path}"],
            new[] { "View", "Control", "Dashboard" }.Select(name => (string)found[name]["route"]!)
        );
    }

    [Fact]
    public void Func_start_in_the_folder_of_the_project_finds_the_files_of_the_repositorys_top()
    {
        foreach (var file in new[] { "host.json", "local.settings.json" })
            Assert.Equal(
                File.ReadAllText(Path.Combine(Repository.Root, file)),
                File.ReadAllText(Path.Combine(Repository.Root, "functions", file))
            );
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.json")))![
            "Values"
        ]!;
        Assert.Equal("dotnet-isolated", (string?)settings["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.NotNull(settings["POLL_UPS_SCHEDULE"]);
        Assert.NotNull(settings["EVALUATE_SCHEDULES_SCHEDULE"]);
    }

    private static IEnumerable<string> Methods(JsonNode trigger) =>
        trigger["methods"]!.AsArray().Select(method => (string)method!);

    private static async Task<JsonNode> JsonAsync(string root, string file) =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(root, file), Stop))!;
}
