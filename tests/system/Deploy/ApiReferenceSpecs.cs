using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>
/// <c>docs/reference/api.md</c> says what <c>GET /api/openapi.json</c> says. With EBB_WRITE_REFERENCE=1 it is written
/// anew.
/// </summary>
public sealed class ApiReferenceSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Page => Path.Combine(Repository.Root, "docs/reference/api.md");

    [LongFact]
    public async Task The_page_is_made_from_the_document_that_is_served()
    {
        await using var ebb = await RealProcess.EngineAsync(
            new Dictionary<string, string> { ["Simulation__Scaler"] = "false" }
        );
        var problems = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/problems.md"), Stop);
        var made = ApiReference.Of(await ebb.GetAsync("/api/openapi.json"), problems);
        if (Environment.GetEnvironmentVariable("EBB_WRITE_REFERENCE") == "1")
            await File.WriteAllTextAsync(Page, made, Stop);
        Assert.Equal(made, await File.ReadAllTextAsync(Page, Stop));
    }
}
